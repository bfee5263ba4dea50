import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from './support/start-postern.ts'
import { loadConfig } from '../src/config.ts'
import { makeSetupLink } from '../src/identity/instance.ts'
import { encodePkt, flushPkt } from '../src/protocols/git/pkt-line.ts'
import { zeroOid } from '../src/protocols/git/receive-commands.ts'
import { createPostern } from '../src/server.ts'
import { Person } from '../src/walk/person.ts'

const execute = promisify(execFile)
const program = `
  const { loadConfig } = await import(${JSON.stringify(new URL('../src/config.ts', import.meta.url).href)})
  const { createPostern } = await import(${JSON.stringify(new URL('../src/server.ts', import.meta.url).href)})
  const postern = await createPostern(loadConfig(process.argv.slice(1), {}))
  await postern.listen()
  console.log('listening')`

/** An instance with an empty repository, not running; a server to kill; and stock git in a work tree. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'postern-crash-'))
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const flags = ['--port', String(port), '--data', join(folder, 'data'), '--ssh-port', 'off', '--log-level', 'fatal']
  const config = loadConfig(flags, {})

  const before = await createPostern(config)
  await before.listen()
  const ana = new Person(origin)
  const { url } = await makeSetupLink(before.ceremonies.database, origin, Date.now())
  await ana.register(url, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
  await ana.call('POST', '/projects', { name: 'payments', description: '' })
  await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '' })
  const token = await ana.makeToken('laptop')
  await before.close()

  const work = join(folder, 'work')
  await mkdir(work)
  const options = { cwd: work, env: { PATH: process.env['PATH'], HOME: work } }
  const git = async (...args: string[]): Promise<string> => (await execute('git', args, options)).stdout.trim()
  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Ana')
  await git('config', 'user.email', 'ana@example.com')
  await git('remote', 'add', 'origin', `${origin.replace('//', `//ana:${token}@`)}/payments/api.git`)
  const start = async (): Promise<ChildProcess> => {
    const server = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(server.stdout, 'data')
    return server
  }
  return { folder, port, token, config, work, options, git, start }
}

async function kill(server: ChildProcess): Promise<void> {
  server.kill('SIGKILL')
  await once(server, 'exit')
}

it('loses no acknowledged push and keeps no quarantine when the server is killed with -9 during one', async () => {
  const { folder, port, token, config, work, options, git, start } = await open()
  await writeFile(join(work, 'big.bin'), randomBytes(1024 ** 2))
  await git('add', '.')
  await git('commit', '-q', '-m', 'first')
  const oid = await git('rev-parse', 'HEAD')
  const packing = execute('git', ['pack-objects', '--all', '--stdout', '-q'], {
    ...options,
    encoding: 'buffer',
    maxBuffer: 64 * 1024 ** 2,
  })
  packing.child.stdin?.end()
  const body = Buffer.concat([
    encodePkt(`${zeroOid} ${oid} refs/heads/cut\0report-status`),
    flushPkt,
    (await packing).stdout,
  ])

  const server = await start()
  try {
    await git('push', '-q', 'origin', 'main')
    const socket = createConnection(port, '127.0.0.1')
    socket.on('error', () => {})
    const head = [
      'POST /payments/api.git/git-receive-pack HTTP/1.1',
      `Host: localhost:${port}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: application/x-git-receive-pack-request',
      `Content-Length: ${body.length}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.write(body.subarray(0, body.length / 2))
    while ((await remains(folder)).length === 0) await new Promise((resolve) => setImmediate(resolve))
  } finally {
    await kill(server)
  }

  const afterwards = await createPostern(config)
  await afterwards.listen()
  try {
    assert.deepEqual(await remains(folder), [])
    assert.equal(await git('ls-remote', 'origin', 'refs/heads/*'), `${oid}\trefs/heads/main`)
    const rows = await afterwards.ceremonies.database.read.selectFrom('refUpdate').select(['ref', 'state']).execute()
    assert.deepEqual(
      rows.map(({ ref, state }) => `${ref} ${state}`),
      ['refs/heads/main done'],
    )
    await git('push', '-q', 'origin', 'main:cut')
  } finally {
    await afterwards.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

it('of many branches in one push that is cut by kill -9 each is there whole or not at all, and the records agree', async (t) => {
  const { folder, config, git, start } = await open()
  await git('commit', '-q', '--allow-empty', '-m', 'first')
  const oid = await git('rev-parse', 'HEAD')

  /** Kills the server while git moves one branch after the other; says whether it died in the middle. */
  async function crash(many: string): Promise<boolean> {
    const refs = Array.from({ length: 300 }, (_, index) => `refs/heads/${many}/${String(index).padStart(3, '0')}`)
    for (const ref of refs) await git('update-ref', ref, oid)
    const pushMany = () => git('push', '-q', 'origin', `refs/heads/${many}/*:refs/heads/${many}/*`)
    const server = await start()
    let isOver = false
    try {
      await git('push', '-q', 'origin', 'main')
      const bare = await findRepository(join(folder, 'data', 'repositories'))
      const pushing = pushMany()
        .catch(() => {})
        .finally(() => (isOver = true))
      while (countLoose(join(bare, 'refs/heads', many)) < 20 && !isOver) await new Promise((done) => setImmediate(done))
      await kill(server)
      await pushing
    } finally {
      server.kill('SIGKILL')
    }

    const afterwards = await createPostern(config)
    await afterwards.listen()
    try {
      const listed = (await git('ls-remote', 'origin', 'refs/heads/main', `refs/heads/${many}/*`)).split('\n')
      assert.ok(listed.every((line) => line.startsWith(`${oid}\trefs/heads/`)))
      const there = listed.map((line) => line.split('\t')[1] ?? '')
      assert.ok(there.includes('refs/heads/main'), 'what was acknowledged is there')
      const rows = await afterwards.ceremonies.database.read
        .selectFrom('refUpdate')
        .select(['ref', 'state'])
        .where((eb) => eb.or([eb('ref', 'in', refs), eb('ref', '=', 'refs/heads/main')]))
        .execute()
      const withState = (wanted: string) => rows.filter(({ state }) => state === wanted).map(({ ref }) => ref)
      assert.deepEqual(withState('done').sort(), there.toSorted(), 'records and refs agree')
      assert.deepEqual([withState('prepared'), rows.length], [[], refs.length + 1])
      assert.deepEqual(await leftovers(folder), [])
      await pushMany()
      assert.equal((await git('ls-remote', 'origin', `refs/heads/${many}/*`)).split('\n').length, refs.length)
      return there.length > 1 && there.length < refs.length + 1
    } finally {
      await afterwards.close()
    }
  }

  try {
    let isCaught = false
    for (let attempt = 0; attempt < 10 && !isCaught; attempt++) {
      isCaught = await crash(`many-${attempt}`)
      t.diagnostic(isCaught ? 'died in the middle' : 'too late, once more')
    }
    assert.ok(isCaught)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

async function findRepository(root: string): Promise<string> {
  const found = (await readdir(root, { recursive: true })).find((name) => name.endsWith('.git'))
  assert.ok(found)
  return join(root, found)
}

function countLoose(refs: string): number {
  try {
    return readdirSync(refs).filter((name) => !name.endsWith('.lock')).length
  } catch {
    return 0
  }
}

/** Temporary object folders and locks. */
async function leftovers(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'data', 'repositories'), { recursive: true })
  return names.filter((name) => /(^|\/)tmp_objdir[^/]*$|\.lock$/.test(name))
}

async function remains(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'data', 'repositories'), { recursive: true }).catch(() => [])
  return names.filter((name) => /objects\/tmp_objdir[^/]*$/.test(name))
}
