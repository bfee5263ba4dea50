import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
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

it('loses no acknowledged push and keeps no quarantine when the server is killed with -9 during one', async () => {
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

  const server = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(server.stdout, 'data')
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
    server.kill('SIGKILL')
    await once(server, 'exit')
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

async function remains(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'data', 'repositories'), { recursive: true }).catch(() => [])
  return names.filter((name) => /objects\/tmp_objdir[^/]*$/.test(name))
}
