import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { PolicyView } from '../src/guardrails/shapes.ts'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import { treePssMb } from './cpu-time.ts'
import { type Group, median } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'

const count = 200
/** As many as one person may hold. */
const perPerson = 20
const pushesEach = 6

/** What pushes that wait for a tap take from a server, and from the other pushes on it. */
export const heldPushes: Group = {
  name: 'held',
  does: `${count} pushes that wait for a tap at once: memory, and what other pushes take beside them`,
  async run({ rounds, say }) {
    await using folder = await throwAwayFolder(tmpdir())
    await using served = await serve({
      dataFolder: join(folder.path, 'data'),
      flags: ['--push-wait-seconds', '600', '--rate-limit', '100000'],
    })
    const { pid, origin } = served
    const ana = new Person(origin)
    await ana.register(await served.setupLink, applicant('ana'))
    await ana.call('POST', '/projects', { name: 'bench', description: '' })
    await ana.call('POST', '/projects/bench/repositories', { name: 'held', description: '' })
    const work = join(folder.path, 'work')
    const pack = await makeWork(work, { url: `${origin}/bench/held.git`, token: await ana.makeToken('bench') })
    await holdPushes(ana)
    const tokens = await makePeople(ana, origin)
    const usual = createPusher(work, await ana.makeToken('beside'), `${origin}/bench/held.git`)

    const hold = async (many: number): Promise<ClientRequest[]> => {
      const held: ClientRequest[] = []
      for (let index = 0; index < many; index++)
        held.push(await holdOne({ origin, token: tokens[Math.floor(index / perPerson)] ?? '', pack, index }))
      return held
    }
    const letGo = async (held: readonly ClientRequest[]): Promise<void> => {
      for (const each of held) each.destroy()
      while ((await heldNow(origin)) > 0) await wait(20)
      await wait(500)
    }

    say('warming up')
    await letGo(await hold(perPerson))
    for (let each = 0; each < pushesEach; each++) await usual()
    const [memory, alone, beside]: number[][] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`)
      for (let each = 0; each < pushesEach; each++) alone?.push(await usual())
      const before = treePssMb(pid)
      const held = await hold(count)
      await wait(1000)
      memory?.push(treePssMb(pid) - before)
      for (let each = 0; each < pushesEach; each++) beside?.push(await usual())
      await letGo(held)
    }
    return [
      {
        measured: `${count} pushes held for a tap at once; more memory of all processes (PSS)`,
        unit: 'MB',
        ours: median(memory ?? []),
        reach: { value: 130 },
      },
      {
        measured: `a push beside ${count} that are held`,
        unit: 'ms',
        ours: median(beside ?? []),
        peer: { name: 'the same with none held', value: median(alone ?? []) },
        reach: { ratio: 1.3 },
      },
    ]
  },
}

const applicant = (username: string) => ({ username, displayName: username, email: `${username}@example.com` })

/** A clone with a pushed main and one commit on top. Returns that commit and its pack. */
async function makeWork(work: string, { url, token }: { url: string; token: string }) {
  await mkdir(work)
  const git = (...args: string[]): Promise<string> =>
    gitOrThrow(work, args, commitAs('Ana', 'ana@example.com', Date.now()))
  await git('init', '--quiet', '--initial-branch=main')
  await git('commit', '--quiet', '--allow-empty', '--message=first')
  await git(...withToken(token), 'push', '--quiet', url, 'main')
  await git('commit', '--quiet', '--allow-empty', '--message=held')
  const oid = (await git('rev-parse', 'HEAD')).trim()
  const bytes = execFileSync('git', ['pack-objects', '--revs', '--stdout', '-q'], {
    cwd: work,
    input: 'HEAD\n^HEAD~1\n',
  })
  return { oid, bytes }
}

/** From now on a push to `held/…` waits. */
async function holdPushes(person: Person): Promise<void> {
  const { version, policy } = await person.call<PolicyView>('GET', '/policy')
  const rule = {
    id: 'held',
    title: 'Held',
    mode: 'enforce',
    who: ['everyone'],
    does: ['push'],
    where: { branches: ['held/*'] },
    requires: { freshnessSeconds: 0 },
  }
  await person.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [rule] } })
}

/** Tokens of as many people as it takes. */
async function makePeople(owner: Person, origin: string): Promise<string[]> {
  const tokens: string[] = []
  for (let index = 0; index < count / perPerson; index++) {
    const about = applicant(`person-${index}`)
    const { link } = await owner.act<{ link: string }>('POST', '/people', { ...about, role: 'member' })
    const person = new Person(origin)
    await person.register(link, about)
    await owner.act('PUT', `/projects/bench/members/user/${about.username}`, { role: 'write' })
    tokens.push(await person.makeToken('bench'))
  }
  return tokens
}

/** One ordinary push of a new branch by stock git; how long it took. */
function createPusher(work: string, token: string, url: string): () => Promise<number> {
  let number = 0
  return async () => {
    const startedAt = performance.now()
    await gitOrThrow(work, [...withToken(token), 'push', '--quiet', url, `HEAD:refs/heads/beside-${++number}`])
    return performance.now() - startedAt
  }
}

/** Sends a push as git does, without git, and waits until it shows its link. */
async function holdOne(wanted: {
  origin: string
  token: string
  pack: { oid: string; bytes: Buffer }
  index: number
}): Promise<ClientRequest> {
  const { origin, token, pack, index } = wanted
  const command = `${zeroOid} ${pack.oid} refs/heads/held/${index}\0report-status side-band-64k push-options`
  const body = Buffer.concat([encodePkt(command), flushPkt, encodePkt('no-qr'), flushPkt, pack.bytes])
  const sent = request(`${origin}/bench/held.git/git-receive-pack`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-git-receive-pack-request',
      'content-length': body.length,
    },
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let text = ''
  sent.on('error', reject)
  sent.on('response', (response) => {
    response.on('error', () => {})
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (/\/s\/[0-9A-Z-]{19}/.test(text)) resolve()
    })
    response.on('close', () => reject(new Error(`was not held: ${text}`)))
  })
  sent.end(body)
  await promise
  return sent
}

async function heldNow(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return Number(/^postern_pushes_held (\d+)$/m.exec(text)?.[1] ?? 0)
}
