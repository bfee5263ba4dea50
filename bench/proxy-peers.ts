import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './served.ts'

export interface Peer {
  pid: number
  url: string
}

export interface Peers extends AsyncDisposable {
  /** The tool itself: `/1k`, `/1m` and `/1g`, as nginx serves files. */
  tool: Peer
  plain: Peer
  /** nginx with `auth_request`, and the trivial endpoint it asks. */
  authRequest: Peer & { endpoint: Peer }
  /** Caddy with `forward_auth`; undefined where it is not installed. */
  caddy: Peer | undefined
}

const trivialFile = fileURLToPath(new URL('./trivial-endpoint.ts', import.meta.url))
const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path))
const caddyFile = ['/usr/bin/caddy', '/usr/local/bin/caddy'].find((path) => existsSync(path))
export const whyNoPeers = nginx === undefined ? 'nginx is not installed' : undefined

const gigabyte = 1024 ** 3

/** What else carries requests to a tool, each one process deep, in a folder of their own. */
export async function startPeers(folder: string): Promise<Peers> {
  await using started = new AsyncDisposableStack()
  const files = join(folder, 'files')
  await mkdir(files)
  await writeFile(join(files, '1k'), 'x'.repeat(1024))
  await writeFile(join(files, '1m'), 'x'.repeat(1024 * 1024))
  // Nothing but a length: reading it costs no disk.
  const large = await open(join(files, '1g'), 'w')
  await large.truncate(gigabyte)
  await large.close()

  const run = async (command: string, args: string[], isReady: () => Promise<boolean>): Promise<number> => {
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
    const child = spawn(command, args, { stdio: 'ignore', env })
    started.defer(async () => {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    })
    for (let times = 0; !(await isReady()); times += 1) {
      if (child.exitCode !== null || times > 400) throw new Error(`${command} did not start`)
      await wait(25)
    }
    return child.pid ?? 0
  }
  const answers = (url: string) => () =>
    fetch(url).then(
      async (response) => (await response.arrayBuffer()).byteLength === 1024,
      () => false,
    )
  const runNginx = async (name: string, http: string, port: number): Promise<Peer> => {
    const file = join(folder, `${name}.conf`)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(folder, `${name}-${kind}`)};`,
    )
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    await writeFile(
      file,
      `${user} daemon off; worker_processes 1; pid ${join(folder, `${name}.pid`)};
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; ${temporary.join(' ')} ${http} }`,
    )
    const url = `http://127.0.0.1:${port}`
    return { pid: await run(nginx ?? '', ['-p', folder, '-e', 'stderr', '-c', file], answers(`${url}/1k`)), url }
  }

  const ports = { tool: await freePort(), plain: await freePort(), asking: await freePort(), caddy: await freePort() }
  const tool = await runNginx(
    'tool',
    `sendfile on; server { listen 127.0.0.1:${ports.tool}; root ${files}; }`,
    ports.tool,
  )
  const trivial = spawn(process.execPath, [trivialFile], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.defer(() => void trivial.kill())
  const [said] = (await once(trivial.stdout, 'data')) as [Buffer]
  const endpoint = { pid: trivial.pid ?? 0, url: `http://127.0.0.1:${said.toString().trim()}` }
  const upstreams = `upstream tool { server 127.0.0.1:${ports.tool}; keepalive 64; keepalive_requests 1000000; }
upstream asked { server ${new URL(endpoint.url).host}; keepalive 64; keepalive_requests 1000000; }`
  const passing = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;'
  const plain = await runNginx(
    'plain',
    `${upstreams} server { listen 127.0.0.1:${ports.plain}; location / { proxy_pass http://tool; ${passing} } }`,
    ports.plain,
  )
  const asking = await runNginx(
    'asking',
    `${upstreams} server { listen 127.0.0.1:${ports.asking};
  location / { auth_request /asked; auth_request_set $who $upstream_http_x_user; proxy_pass http://tool; ${passing} proxy_set_header Remote-User $who; }
  location = /asked { internal; proxy_pass http://asked; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_http_version 1.1; proxy_set_header Connection ""; }
}`,
    ports.asking,
  )
  let caddy: Peer | undefined
  if (caddyFile !== undefined) {
    const file = join(folder, 'Caddyfile')
    const url = `http://127.0.0.1:${ports.caddy}`
    await writeFile(
      file,
      `{\n\tadmin off\n}\nhttp://127.0.0.1:${ports.caddy} {\n\tforward_auth ${new URL(endpoint.url).host} {\n\t\turi /\n\t\tcopy_headers X-User\n\t}\n\treverse_proxy 127.0.0.1:${ports.tool}\n}\n`,
    )
    const args = ['run', '--config', file, '--adapter', 'caddyfile']
    caddy = { pid: await run(caddyFile, args, answers(`${url}/1k`)), url }
  }
  const kept = started.move()
  return {
    tool,
    plain,
    authRequest: { ...asking, endpoint },
    caddy,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
