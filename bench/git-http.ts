import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { bigRepository } from './big-repository.ts'
import { processTree, treeCpuMs } from './cpu-time.ts'
import { type HttpBackend, startHttpBackend } from './http-backend.ts'
import { alternate, type Group, type Measured } from './measure.ts'
import { type Served, serve, throwAwayFolder } from './served.ts'

const fetches = 20
const peerName = '`git http-backend` behind node:http'

/**
 * Clone, push and no-op fetch by stock git over HTTP: the CPU of the server with every process it starts. Both sides
 * run git with the same settings (fsync, fsck, limits), and clones are served from byte-identical repositories.
 */
export const gitHttp: Group = {
  name: 'git',
  does: 'clone, push and no-op fetch of a big repository over HTTP, beside git http-backend',
  async run({ rounds, say }) {
    const source = await bigRepository(say)
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({ dataFolder: join(folder.path, 'data') })
    await using peer = await startHttpBackend(join(folder.path, 'peer'))
    const ours = await openDoor(served)
    const client = createClient(folder.path, source)

    say('push')
    const push = await alternate(rounds, {
      peer: () => client.push(peer, peer.origin, peer.create(nextName()).split('/').at(-1) ?? ''),
      async ours() {
        const spent = await client.push(
          served,
          `${served.origin}/bench`,
          await ours.create(nextName()),
          ours.credentials,
        )
        await maintained(served)
        return spent
      },
    })
    say('clone and no-op fetch')
    const name = await twin(served, peer, folder.path, ours.lastCreated())
    const sides = {
      peer: { server: peer, url: `${peer.origin}/${name}`, credentials: [] },
      ours: { server: served, url: `${served.origin}/bench/${name}`, credentials: ours.credentials },
    }
    const clone = await alternate(rounds, {
      peer: () => client.clone(sides.peer),
      ours: () => client.clone(sides.ours),
    })
    const fetching = { peer: await client.fetcher(sides.peer), ours: await client.fetcher(sides.ours) }
    await alternate(1, fetching)
    const fetch = await alternate(rounds, fetching)
    const size = Math.round(packedMegabytes(source))
    const row = (what: string, { ours, peer }: Measured<'ours' | 'peer'>) => ({
      measured: `${what}; server's CPU`,
      unit: 'ms' as const,
      ours,
      peer: { name: peerName, value: peer },
      reach: { ratio: 1.15 },
    })
    return [
      row(`clone of a ${size} MB repository over HTTP`, clone),
      row(`push of a ${size} MB repository over HTTP`, push),
      row('no-op fetch of it', fetch),
    ]
  },
}

let named = 0
const nextName = (): string => `big-${++named}.git`

async function openDoor({ origin, setupLink }: Served) {
  const ana = new Person(origin)
  await ana.register(await setupLink, { username: 'ana', displayName: 'Ana Example', email: 'ana@example.com' })
  const credentials = withToken(await ana.makeToken('bench'))
  await ana.call('POST', '/projects', { name: 'bench', description: '' })
  let last = ''
  return {
    credentials,
    lastCreated: () => last,
    async create(name: string): Promise<string> {
      last = name
      await ana.call('POST', '/projects/bench/repositories', { name: name.replace(/\.git$/, ''), description: '' })
      return name
    },
  }
}

interface Side {
  server: { pid: number }
  url: string
  credentials: string[]
}

function createClient(folder: string, source: string) {
  const spentBy = async ({ pid }: { pid: number }, work: () => Promise<unknown>): Promise<number> => {
    const before = treeCpuMs(pid)
    await work()
    return treeCpuMs(pid) - before
  }
  return {
    push: (server: { pid: number }, base: string, name: string, credentials: string[] = []) =>
      spentBy(server, () => gitOrThrow(source, [...credentials, 'push', '--quiet', `${base}/${name}`, 'main'])),
    async clone({ server, url, credentials }: Side): Promise<number> {
      const into = join(folder, 'clone.git')
      const spent = await spentBy(server, () =>
        gitOrThrow(folder, [...credentials, 'clone', '--quiet', '--bare', url, into]),
      )
      await rm(into, { recursive: true })
      return spent
    },
    /** A function that fetches, again and again, what is already there; in milliseconds for one. */
    async fetcher({ server, url, credentials }: Side): Promise<() => Promise<number>> {
      const clone = join(folder, `fetch-${++named}.git`)
      await gitOrThrow(folder, [...credentials, 'clone', '--quiet', '--bare', url, clone])
      const fetchOften = async (): Promise<void> => {
        for (let count = 0; count < fetches; count++)
          await gitOrThrow(clone, [...credentials, 'fetch', '--quiet', 'origin', 'main:main'])
      }
      return async () => (await spentBy(server, fetchOften)) / fetches
    },
  }
}

/** Waits until the server's background work after a push, which the peer has none of, is over. */
async function maintained({ pid }: Served): Promise<void> {
  const gitProcesses = (): boolean => processTree(pid).length > 2
  for (let quiet = 0; quiet < 5; quiet = gitProcesses() ? 0 : quiet + 1) await wait(100)
}

/** Gives the peer a copy of one of our repositories under the same name. */
async function twin({ dataFolder }: Served, peer: HttpBackend, folder: string, name: string): Promise<string> {
  const found = execFileSync('find', [dataFolder, '-type', 'f', '-name', '*.bitmap'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const ours = found[0]?.replace(/\/objects\/pack\/[^/]+$/, '')
  if (ours === undefined || ours === '') throw new Error('no repository of ours has a bitmap')
  const twinPath = join(folder, 'peer', 'repositories', name)
  if (existsSync(twinPath)) await rm(twinPath, { recursive: true })
  await cp(ours, peer.create(name), { recursive: true })
  return name
}

function packedMegabytes(folder: string): number {
  const pack = join(folder, 'objects', 'pack')
  const list = readdirSync(pack).filter((name) => name.endsWith('.pack'))
  const sizes = execFileSync('stat', ['--format=%s', ...list.map((name) => join(pack, name))], { encoding: 'utf8' })
  return (
    sizes
      .trim()
      .split('\n')
      .reduce((sum, size) => sum + Number(size), 0) /
    1024 ** 2
  )
}
