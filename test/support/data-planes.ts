import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readGuide } from './guide.ts'
import { startEnvoy } from './planes/envoy.ts'
import { startTraefik } from './planes/traefik.ts'

export interface PlaneParts {
  /** Where people connect: everything is on `localhost` and this port. */
  edge: number
  /** Where Postern listens, and where the tool does. */
  port: number
  toolPort: number
  /** To work in; one of its own. */
  folder: string
}

/** A proxy that carries the bytes and asks Postern about each request. */
export interface DataPlane {
  name: string
  /** Why it cannot be tried on this machine; false where it can. */
  skip: string | false
  /** What it does with headers like `X_Forwarded_User`, which some tools take for `X-Forwarded-User`. */
  underscores: 'dropped' | 'refused' | 'passed'
  start(parts: PlaneParts): Promise<AsyncDisposable>
}

const nginx = find('nginx', '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin')
const caddy = find('caddy', '/usr/bin', '/usr/local/bin')
const haproxy = find('haproxy', '/usr/sbin', '/usr/bin', '/usr/local/sbin')

/** Each with the configuration of its guide, word for word but for its places and its encryption. */
export const dataPlanes: readonly DataPlane[] = [
  {
    name: 'nginx',
    skip: nginx === undefined && 'nginx is not installed',
    underscores: 'dropped',
    async start(parts) {
      const { folder, edge } = parts
      const places = {
        ...placesOf(parts),
        '!= wiki.example.com': `!= wiki.localhost:${edge}`,
        'listen 443 ssl http2;': `listen 127.0.0.1:${edge};`,
        '    ssl_certificate     /etc/ssl/postern/fullchain.pem;\n': '',
        '    ssl_certificate_key /etc/ssl/postern/privkey.pem;\n': '',
        '    ssl_protocols       TLSv1.2 TLSv1.3;\n': '',
      }
      const [itself] = (await readGuide('operate.md')).blocks('Behind nginx', 'nginx')
      const withoutEncryption = itself.replace(/server \{\n    listen 80;.*?\n\}\n/s, '')
      const [tool] = (await readGuide('proxy/nginx.md')).blocks('Set it up', 'nginx')
      await write(folder, { 'tool.conf': tool, 'postern.conf': withoutEncryption }, places)
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `  ${kind}_temp_path ${join(folder, kind)};\n`,
      )
      const user = process.getuid?.() === 0 ? 'user root root;\n' : ''
      const main = join(folder, 'main.conf')
      await writeFile(
        main,
        `${user}daemon off;\nworker_processes 1;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr notice;\nevents {}\nhttp {\n  access_log off;\n${temporary.join('')}  include ${join(folder, 'postern.conf')};\n  include ${join(folder, 'tool.conf')};\n}\n`,
      )
      return run(nginx ?? '', ['-p', folder, '-e', 'stderr', '-c', main], 'start worker process ', {})
    },
  },
  {
    name: 'Caddy',
    skip: caddy === undefined && 'caddy is not installed',
    underscores: 'dropped',
    async start(parts) {
      const { folder, edge, port } = parts
      const places = { ...placesOf(parts), 'wiki.example.com': `http://wiki.localhost:${edge}` }
      const [tool] = (await readGuide('proxy/caddy.md')).blocks('Set it up', 'caddyfile')
      const itself = `http://localhost:${edge} {\n\treverse_proxy 127.0.0.1:${port}\n}\n`
      await write(folder, { Caddyfile: `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n${itself}${tool}` }, places)
      const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
      const file = join(folder, 'Caddyfile')
      return run(caddy ?? '', ['run', '--config', file, '--adapter', 'caddyfile'], 'serving initial configuration', env)
    },
  },
  {
    name: 'HAProxy',
    skip: haproxy === undefined && 'haproxy is not installed',
    underscores: 'dropped',
    async start(parts) {
      const { folder, edge } = parts
      const guide = await readGuide('proxy/haproxy.md')
      const [lua] = guide.blocks('Set it up', 'lua')
      const [main] = guide.blocks('Set it up', 'haproxy')
      const file = join(folder, 'haproxy.cfg')
      await write(
        folder,
        { 'postern.lua': lua, 'haproxy.cfg': main },
        {
          ...placesOf(parts),
          'git.example.com': `localhost:${edge}`,
          'wiki.example.com': `wiki.localhost:${edge}`,
          'bind :443 ssl crt /etc/haproxy/certificates': `bind 127.0.0.1:${edge}`,
          '/etc/haproxy/postern.lua': join(folder, 'postern.lua'),
        },
      )
      return run(haproxy ?? '', ['-W', '-f', file], 'forked', {})
    },
  },
  {
    name: 'a stand-in for Traefik',
    skip: false,
    underscores: 'passed',
    async start(parts) {
      const [dynamic] = (await readGuide('proxy/traefik.md')).blocks('Set it up', 'yaml')
      return startTraefik(parts.edge, replaced(dynamic, placesOf(parts)), 'localhost')
    },
  },
  {
    name: 'a stand-in for Envoy',
    skip: false,
    underscores: 'refused',
    async start({ edge, port, toolPort }) {
      const blocks = (await readGuide('proxy/envoy.md')).blocks('Set it up', 'yaml')
      const places = { 'git.example.com': `localhost:${edge}`, 'wiki.example.com': `wiki.localhost:${edge}` }
      const named = blocks.map((block) => replaced(block, places))
      return startEnvoy({ edge, clusters: { postern: port, wiki: toolPort } }, named)
    },
  },
]

const replaced = (text: string, places: Record<string, string>): string =>
  Object.entries(places).reduce((changed, [from, to]) => changed.replaceAll(from, to), text)

const placesOf = ({ port, toolPort }: PlaneParts): Record<string, string> => ({
  '127.0.0.1:7400': `127.0.0.1:${port}`,
  '127.0.0.1:8080': `127.0.0.1:${toolPort}`,
  'git.example.com': 'localhost',
  'wiki.example.com': 'wiki.localhost',
})

/** @throws when a place to change is in none of the files any more */
async function write(folder: string, files: Record<string, string>, places: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true })
  // The longest first, so that none is changed as a part of another.
  const ordered = Object.entries(places).sort(([a], [b]) => b.length - a.length)
  const found = new Set<string>()
  for (const [name, text] of Object.entries(files)) {
    let changed = text
    for (const [from, to] of ordered) {
      if (changed.includes(from)) found.add(from)
      changed = changed.replaceAll(from, to)
    }
    await writeFile(join(folder, name), changed)
  }
  const lost = ordered.find(([from]) => !found.has(from))?.[0]
  if (lost !== undefined) throw new Error(`“${lost}” does not stand in the guide any more`)
}

function find(program: string, ...folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

/** Starts a program and waits for the word by which it says that it listens. */
async function run(
  program: string,
  args: string[],
  ready: string,
  env: Record<string, string>,
): Promise<AsyncDisposable> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    // Read to the end, so that the pipe never fills.
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      said = `${said}${part}`.slice(-8000)
      if (said.includes(ready)) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(`${program} ended: ${said}`)))
  })
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
