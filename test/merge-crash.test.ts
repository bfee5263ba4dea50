import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { loadConfig } from '../src/config.ts'
import { makeSetupLink } from '../src/identity/instance.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { createPostern } from '../src/server.ts'
import { main as verify } from '../src/verifier/main.ts'
import { Person } from '../src/walk/person.ts'
import { freePort } from './support/start-postern.ts'

const execute = promisify(execFile)
const program = `
  const { loadConfig } = await import(${JSON.stringify(new URL('../src/config.ts', import.meta.url).href)})
  const { createPostern } = await import(${JSON.stringify(new URL('../src/server.ts', import.meta.url).href)})
  const postern = await createPostern(loadConfig(process.argv.slice(1), {}))
  await postern.listen()
  console.log('listening')`
const R = '/projects/payments/repositories/api'

/** What can be seen of a merge from outside the server's process. */
interface Sight {
  /** The state of the merge's row; undefined while there is none. */
  row: string | undefined
  hasMoved: boolean
  hasPreview: boolean
  isAnswered: boolean
}

/** When to kill, and whether the server was seen to have died there. */
const moments: {
  name: string
  act: 'prepare' | 'merge'
  isReached: (sight: Sight) => boolean
  isCaught: (sight: Sight) => boolean
}[] = [
  {
    name: 'the preview of the result is there',
    act: 'prepare',
    isReached: ({ hasPreview }) => hasPreview,
    isCaught: ({ hasPreview, isAnswered }) => hasPreview && !isAnswered,
  },
  {
    name: 'the merge has been asked for',
    act: 'merge',
    isReached: () => true,
    isCaught: ({ row, isAnswered }) => row === undefined && !isAnswered,
  },
  {
    name: 'the row is prepared',
    act: 'merge',
    isReached: ({ row }) => row !== undefined,
    isCaught: ({ row, isAnswered }) => row === 'prepared' && !isAnswered,
  },
  {
    name: 'the ref has moved',
    act: 'merge',
    isReached: ({ hasMoved }) => hasMoved,
    isCaught: ({ hasMoved, isAnswered }) => hasMoved && !isAnswered,
  },
  {
    name: 'the row is done',
    act: 'merge',
    isReached: ({ row }) => row === 'done',
    isCaught: ({ row }) => row === 'done',
  },
  {
    name: 'the answer is here',
    act: 'merge',
    isReached: ({ isAnswered }) => isAnswered,
    isCaught: ({ isAnswered }) => isAnswered,
  },
]

for (const method of ['merge', 'rebase'] as const)
  it(`loses no acknowledged ${method} and leaves nothing half done when the server is killed with -9 during one`, (t) =>
    crash(t, method))

async function crash(t: TestContext, method: 'merge' | 'rebase'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-crash-'))
  const data = join(folder, 'data')
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const flags = ['--port', String(port), '--data', data, '--ssh-port', 'off', '--log-level', 'fatal']
  let server: ChildProcess | undefined
  async function start(): Promise<void> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    server = child
    await once(child.stdout, 'data')
  }
  async function kill(): Promise<void> {
    if (server === undefined) return
    server.kill('SIGKILL')
    await once(server, 'exit')
    server = undefined
  }

  const setUp = await createPostern(loadConfig(flags, {}))
  await setUp.listen()
  const ana = new Person(origin)
  const { url } = await makeSetupLink(setUp.ceremonies.database, origin, Date.now())
  await ana.register(url, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
  const token = await ana.makeToken('laptop')
  await ana.call('POST', '/projects', { name: 'payments', description: '' })
  await ana.call('POST', R.replace(/\/api$/, ''), { name: 'api', description: '' })
  await setUp.close()

  const work = join(folder, 'work')
  await mkdir(work)
  const env = { PATH: process.env['PATH'], HOME: work, GIT_TERMINAL_PROMPT: '0' }
  const git = async (...args: string[]): Promise<string> =>
    (await execute('git', args, { cwd: work, env })).stdout.trim()
  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Ana')
  await git('config', 'user.email', 'ana@example.com')
  await git('remote', 'add', 'origin', `${origin.replace('//', `//ana:${token}@`)}/payments/api.git`)
  await git('commit', '-q', '--allow-empty', '-m', 'first')

  const bare = await findRepository(join(data, 'repositories'))
  const database = new DatabaseSync(join(data, 'postern.db'), { readOnly: true })
  const rowOf = database.prepare(
    `select "state", "oldOid", "newOid" from "refUpdate" where "pullRequestId" in
      (select "id" from "pullRequest" where "number" = ?) order by "createdAt" desc, "id" desc`,
  )
  const readRow = (number: number) => rowOf.get(number) as { state: string; oldOid: string; newOid: string } | undefined
  /** As the files say it: maintenance may have packed it. */
  const readTip = (): string => {
    try {
      return readFileSync(join(bare, 'refs/heads/main'), 'latin1').trim()
    } catch {
      return /^(\S+) refs\/heads\/main$/m.exec(readFileSync(join(bare, 'packed-refs'), 'latin1'))?.[1] ?? ''
    }
  }
  const previews = (): string[] => readdirSync(join(bare, 'objects')).filter((name) => name.startsWith('tmp_objdir'))

  async function propose(name: string): Promise<number> {
    await git('fetch', '-q', 'origin', 'main')
    await git('checkout', '-q', '-B', name, 'origin/main')
    await writeFile(join(work, name), `${name}\n`)
    await git('add', '-A')
    await git('commit', '-q', '-m', `Add ${name}`)
    await git('push', '-q', 'origin', name)
    const wanted = { title: name, description: '', sourceBranch: name, targetBranch: 'main' }
    return (await ana.call<{ number: number }>('POST', `${R}/pull-requests`, wanted)).number
  }
  const prepare = (number: number) =>
    ana.call<{ sealRequestId: string }>('POST', `${R}/pull-requests/${number}/merge-preparation`, { method })
  const merge = (number: number, seal: string) =>
    ana.call<{ mergeOid: string }>('POST', `${R}/pull-requests/${number}/merge`, { method }, { 'postern-seal': seal })

  /** So that a rebase has something to be replayed on. */
  async function moveOn(name: string): Promise<void> {
    const number = await propose(name)
    await merge(number, await ana.tap((await prepare(number)).sealRequestId))
  }

  /** Kills the server at a moment of one merge; says whether it was caught there. */
  async function crashAt({ act, isReached, isCaught }: (typeof moments)[number], name: string): Promise<boolean> {
    const number = await propose(name)
    if (method === 'rebase') await moveOn(`beside-${name}`)
    const before = readTip()
    const seal = act === 'merge' ? await ana.tap((await prepare(number)).sealRequestId) : ''
    let acknowledged: string | undefined
    let isAnswered = false
    const asking: Promise<{ mergeOid?: string }> =
      act === 'merge' ? merge(number, seal) : prepare(number).then(() => ({}))
    const asked = asking.then(
      ({ mergeOid }) => {
        isAnswered = true
        acknowledged = mergeOid
      },
      // Cut off: what it came to is asked afterwards.
      () => {},
    )
    const look = (): Sight => ({
      row: readRow(number)?.state,
      hasMoved: readTip() !== before,
      hasPreview: previews().length > 0,
      isAnswered,
    })
    while (!isReached(look()) && !isAnswered) await new Promise((resolve) => setImmediate(resolve))
    await kill()
    const found = look()
    await asked

    await start()
    const row = readRow(number)
    const tip = readTip()
    assert.match(tip, /^[0-9a-f]{40}$/)
    assert.notEqual(row?.state, 'prepared')
    assert.equal(tip, row?.state === 'done' ? row.newOid : before, 'row and ref agree')
    const view = await ana.call<{ state: string; mergeOid: string | null }>('GET', `${R}/pull-requests/${number}`)
    assert.deepEqual(
      [view.state, view.mergeOid],
      row?.state === 'done' ? ['merged', row.newOid] : ['open', null],
      'row and pull request agree',
    )
    if (acknowledged !== undefined) assert.equal(tip, acknowledged)
    // A tap whose row was prepared is carried out at the start, not asked for again.
    if (found.row === 'prepared') assert.equal(row?.state, 'done')
    assert.deepEqual(await leftovers(bare), [])
    await execute('git', ['-C', bare, 'fsck', '--strict', '--no-dangling'], { env })

    // It goes on as if nothing had been: the same merge again, or what was tapped for is spent.
    if (row?.state === 'done') await assert.rejects(merge(number, 'sea_none'))
    else await merge(number, await ana.tap((await prepare(number)).sealRequestId))
    return isCaught(found)
  }

  try {
    await start()
    await git('push', '-q', 'origin', 'main')
    const rule = { ...firstRule, stockVerifiableOnly: false, methods: ['merge', 'rebase'] }
    await ana.act('PUT', `${R}/protected-branches/main/rule`, rule)
    for (const [index, moment] of moments.entries()) {
      let isCaught = false
      for (let attempt = 0; attempt < 20 && !isCaught; attempt++) {
        isCaught = await crashAt(moment, `change-${index}-${attempt}`)
        t.diagnostic(`${moment.name}: ${isCaught ? 'died there' : 'too late, once more'}`)
      }
      assert.ok(isCaught, moment.name)
    }

    const clone = join(folder, 'clone')
    await git('clone', '-q', await git('remote', 'get-url', 'origin'), clone)
    let report = ''
    assert.equal(await verify([clone], { out: (part) => (report += part), err: assert.fail }), 0, report)
  } finally {
    database.close()
    await kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function findRepository(root: string): Promise<string> {
  const names = await readdir(root, { recursive: true })
  const found = names.find((name) => /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}\.git$/.test(name))
  assert.ok(found)
  return join(root, found)
}

/** Temporary object folders and locks. */
async function leftovers(bare: string): Promise<string[]> {
  const names = await readdir(bare, { recursive: true })
  return names.filter((name) => /(^|\/)tmp_objdir[^/]*$|\.lock$/.test(name))
}
