import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './start-postern.ts'

export interface FrontParts {
  host: string
  /** Of a tool behind Postern, which stands in the same certificate. */
  toolHost: string
  /** Where people connect, with TLS. */
  edge: number
  /** Where Postern listens, where something stands in front of it. */
  port: number
  /** Files of the certificate, and a folder to work in. */
  cert: string
  key: string
  folder: string
}

export interface Front {
  name: string
  /** Why it cannot be tried on this machine; false where it can. */
  skip: string | false
  /** The settings of Postern that go with it. */
  flags(parts: FrontParts): string[]
  start(parts: FrontParts): Promise<AsyncDisposable>
}

const nginx = find('nginx', '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin')
const caddy = find('caddy', '/usr/bin', '/usr/local/bin')

/** Every way to https that the guide names; the proxies with the configuration in deploy/, word for word but for its places. */
export const fronts: readonly Front[] = [
  {
    name: 'its own TLS',
    skip: false,
    flags: ({ edge, cert, key }) => ['--port', String(edge), '--tls-cert', cert, '--tls-key', key],
    start: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  {
    name: 'nginx',
    skip: nginx === undefined && 'nginx is not installed',
    flags: ({ port }) => ['--port', String(port), '--trusted-proxies', '127.0.0.1'],
    async start({ host, toolHost, edge, port, cert, key, folder }) {
      const site = replaceAll(await readFile(deployed('nginx.conf'), 'utf8'), {
        'server_name git.example.com;': `server_name ${host} ${toolHost};`,
        'git.example.com': host,
        '127.0.0.1:7400': `127.0.0.1:${port}`,
        'listen 443 ': `listen ${edge} `,
        'listen 80;': `listen ${await freePort()};`,
        '/etc/ssl/postern/fullchain.pem': cert,
        '/etc/ssl/postern/privkey.pem': key,
      })
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `  ${kind}_temp_path ${join(folder, kind)};\n`,
      )
      const user = process.getuid?.() === 0 ? 'user root root;\n' : ''
      const main = join(folder, 'main.conf')
      await writeFile(join(folder, 'site.conf'), site)
      await writeFile(
        main,
        `${user}daemon off;\nworker_processes 1;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr notice;\nevents {}\nhttp {\n  access_log off;\n${temporary.join('')}  include ${join(folder, 'site.conf')};\n}\n`,
      )
      return run(nginx ?? '', ['-p', folder, '-e', 'stderr', '-c', main], { ready: 'start worker process ', env: {} })
    },
  },
  {
    name: 'Caddy',
    skip: caddy === undefined && 'caddy is not installed',
    flags: ({ port }) => ['--port', String(port), '--trusted-proxies', '127.0.0.1'],
    async start({ host, toolHost, edge, port, cert, key, folder }) {
      const site = replaceAll(await readFile(deployed('Caddyfile'), 'utf8'), {
        'git.example.com {': `${host}, ${toolHost} {\n\ttls ${cert} ${key}`,
        '127.0.0.1:7400': `127.0.0.1:${port}`,
      })
      const file = join(folder, 'Caddyfile')
      await mkdir(join(folder, 'caddy'))
      await writeFile(file, `{\n\tadmin off\n\thttp_port ${await freePort()}\n\thttps_port ${edge}\n}\n${site}`)
      const home = join(folder, 'caddy')
      return run(caddy ?? '', ['run', '--config', file, '--adapter', 'caddyfile'], {
        ready: 'serving initial configuration',
        env: { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home },
      })
    },
  },
]

const deployed = (file: string): string => join(import.meta.dirname, '../../deploy', file)

function find(program: string, ...folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

/** @throws when a place to change is no longer in the file */
function replaceAll(text: string, changes: Record<string, string>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`“${from}” does not stand in the configuration any more`)
    return changed.replaceAll(from, to)
  }, text)
}

/** Starts a program and waits for the line by which it says that it listens. */
async function run(
  program: string,
  args: string[],
  { ready, env }: { ready: string; env: Record<string, string> },
): Promise<AsyncDisposable> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await isReady(child, ready)
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function isReady(child: ChildProcess, ready: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    // Read to the end, so that the pipe never fills.
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      said = `${said}${part}`.slice(-8000)
      if (said.includes(ready)) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`${child.spawnfile} ended: ${said}`)))
  })
}
