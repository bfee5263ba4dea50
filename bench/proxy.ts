import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Person } from '../src/walk/person.ts'
import { makeRoute } from '../test/support/make-route.ts'
import { RouteBrowser } from '../test/support/route-browser.ts'
import { treeCpuMs, treePssMb } from './cpu-time.ts'
import { type Group, median, type Row } from './measure.ts'
import { startApachePeer } from './proxy-apache.ts'
import { startPeers, whyNoPeers } from './proxy-peers.ts'
import { measureSockets } from './proxy-sockets.ts'
import { serve, throwAwayFolder } from './served.ts'

const pacedFile = fileURLToPath(new URL('./paced.lua', import.meta.url))

interface Side {
  name: string
  url: string
  pids: number[]
  headers: Record<string, string>
}

interface Load {
  /** Of all its processes, for one request. */
  cpuUs: number
  p99Ms: number
}

const browserHeaders = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  accept: '*/*',
  'accept-language': 'en-US,en;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
}

/** One process of ours before a tool that nginx serves, somebody signed in, beside what else people put there. */
export const proxy: Group = {
  name: 'proxy',
  does: 'requests, downloads and WebSockets through a route, beside nginx and Caddy',
  async run({ rounds, say }) {
    if (whyNoPeers !== undefined) {
      say(`skipped: ${whyNoPeers}`)
      return []
    }
    await using undo = new AsyncDisposableStack()
    const { path } = undo.use(await throwAwayFolder(tmpdir()))
    const server = undo.use(await serve({ dataFolder: join(path, 'data') }))
    const peers = undo.use(await startPeers(path))
    const ana = new Person(server.origin)
    await ana.register(await server.setupLink, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
    const tool = await makeRoute(ana, 'tool', {
      upstream: peers.tool.url,
      identityHeaders: { 'Remote-User': 'username' },
    })
    const browser = new RouteBrowser(ana)
    await browser.visit(`${tool}/1k`)
    const cookie = [...browser.cookies(tool)].map(([name, value]) => `${name}=${value}`).join('; ')
    const at = `http://127.0.0.1:${new URL(tool).port}`
    const { plain, authRequest, caddy } = peers
    const side = (name: string, url: string, pids: number[], host = 'tool.localhost'): Side => ({
      name,
      url,
      pids,
      // wrk adds another one to a name in small letters.
      headers: { ...browserHeaders, cookie, Host: host },
    })
    const ours = side('ours', at, [server.pid], new URL(tool).host)
    const nginx = side('nginx alone', plain.url, [plain.pid])
    const asking = side('nginx with auth_request', authRequest.url, [authRequest.pid, authRequest.endpoint.pid])
    const sides = [ours, nginx, asking]
    const withReach = new Map([[asking, 1.3]])
    if (caddy !== undefined) {
      const pids = [caddy.pid, authRequest.endpoint.pid]
      const beside = side('Caddy with forward_auth', caddy.url, pids, new URL(caddy.url).host)
      sides.push(beside)
      withReach.set(beside, 0.5)
    }
    const { path: folder } = undo.use(await throwAwayFolder(tmpdir()))
    const apache = await startApachePeer({ folder, person: ana, toolUrl: peers.tool.url })
    if (apache === undefined) say('without Apache: it is not installed with mod_auth_openidc')
    else {
      undo.use(apache)
      const beside = side('Apache with mod_auth_openidc', apache.url, [apache.pid], apache.host)
      sides.push({ ...beside, headers: { ...beside.headers, cookie: apache.cookie } })
    }

    const small = await loads(rounds, sides, '/1k', 3)
    const paced = await loads(rounds, [ours, asking], '/1k', 3, ['-s', pacedFile])
    const large = await loads(rounds, [ours, nginx], '/1m', 3)
    const huge = await downloads(rounds, [ours, nginx])
    for (const [what, measured] of Object.entries({ '1 KB': small, '1 KB, paced': paced }))
      for (const [name, { cpuUs, p99Ms }] of measured)
        say(`${what}, ${name}: ${cpuUs.toFixed(1)} µs, p99 ${p99Ms.toFixed(1)} ms`)
    const of = (from: Map<string, Load>, { name }: Side): Load => from.get(name) ?? { cpuUs: NaN, p99Ms: NaN }
    const toldBeside = (other: Side): Row => ({
      measured: '1 KB through a route, signed in; CPU',
      unit: 'µs',
      ours: of(small, ours).cpuUs,
      peer: { name: other.name, value: of(small, other).cpuUs },
    })
    const smallRow = (other: Side): Row => {
      const ratio = withReach.get(other)
      return { ...toldBeside(other), ...(ratio === undefined ? {} : { reach: { ratio } }) }
    }
    return [
      ...sides.slice(1).map(smallRow),
      {
        measured: '1 KB through a route, signed in; p99 over that of nginx with auth_request',
        unit: 'ms',
        ours: Math.max(0, of(small, ours).p99Ms - of(small, asking).p99Ms),
        reach: { value: 4 },
      },
      {
        measured: 'the same where each side is asked as often, some 1,800 times a second',
        unit: 'ms',
        ours: Math.max(0, of(paced, ours).p99Ms - of(paced, asking).p99Ms),
      },
      {
        measured: '1 MB through a route, signed in; CPU',
        unit: 'µs',
        ours: of(large, ours).cpuUs,
        peer: { name: nginx.name, value: of(large, nginx).cpuUs },
        reach: { ratio: 5 },
      },
      {
        measured: 'download of 1 GB through a route; CPU',
        unit: 'ms',
        ours: huge.cpuMs.get(ours.name) ?? NaN,
        peer: { name: nginx.name, value: huge.cpuMs.get(nginx.name) ?? NaN },
        reach: { ratio: 5 },
      },
      { measured: 'what that download adds to memory, PSS', unit: 'MB', ours: huge.grownMb, reach: { value: 64 } },
      { measured: 'what its second half adds to its first, PSS', unit: 'MB', ours: huge.laterMb, reach: { value: 16 } },
      ...(await measureSockets({ server, ana, say })),
    ]
  },
}

/** Medians of alternating runs, by the name of each side. */
async function loads(
  rounds: number,
  sides: readonly Side[],
  path: string,
  seconds: number,
  more: readonly string[] = [],
): Promise<Map<string, Load>> {
  const runs = new Map<string, Load[]>(sides.map(({ name }) => [name, []]))
  for (const each of sides) await loadOnce(each, path, seconds, more)
  for (let round = 0; round < rounds; round += 1)
    for (const each of sides) runs.get(each.name)?.push(await loadOnce(each, path, seconds, more))
  return new Map(
    [...runs].map(([name, all]) => [
      name,
      { cpuUs: median(all.map(({ cpuUs }) => cpuUs)), p99Ms: median(all.map(({ p99Ms }) => p99Ms)) },
    ]),
  )
}

async function loadOnce(
  { url, pids, headers }: Side,
  path: string,
  seconds: number,
  more: readonly string[],
): Promise<Load> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const spent = (): number => pids.reduce((sum, pid) => sum + treeCpuMs(pid), 0)
  const before = spent()
  const flags = ['-t1', '-c16', `-d${seconds}s`, '--latency', ...more]
  const { stdout } = await promisify(execFile)('wrk', [...flags, ...given, `${url}${path}`])
  const cpuMs = spent() - before
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every request was answered: ${stdout}`)
  const [, amount = NaN, unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  const inMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000 }
  return {
    cpuUs: (cpuMs * 1000) / Number(/(\d+) requests in/.exec(stdout)?.[1]),
    p99Ms: Number(amount) * (inMs[unit] ?? NaN),
  }
}

async function downloads(
  rounds: number,
  sides: readonly Side[],
): Promise<{ cpuMs: Map<string, number>; grownMb: number; laterMb: number }> {
  const runs = new Map<string, number[]>(sides.map(({ name }) => [name, []]))
  const grown: number[] = []
  const later: number[] = []
  for (let round = 0; round < Math.min(rounds, 3); round += 1)
    for (const { name, url, pids, headers } of sides) {
      const spent = (): number => pids.reduce((sum, pid) => sum + treeCpuMs(pid), 0)
      const [pid = 0] = pids
      const before = { cpu: spent(), memory: treePssMb(pid) }
      const given = Object.entries(headers).flatMap(([header, value]) => ['-H', `${header}: ${value}`])
      const download = promisify(execFile)('curl', ['-sf', '-o', '/dev/null', ...given, `${url}/1g`])
      const looks: number[] = []
      const looking = setInterval(() => {
        if (name === 'ours') looks.push(treePssMb(pid) - before.memory)
      }, 100)
      await download.finally(() => clearInterval(looking))
      runs.get(name)?.push(spent() - before.cpu)
      if (name !== 'ours') continue
      const half = Math.ceil(looks.length / 2)
      grown.push(Math.max(0, ...looks))
      later.push(Math.max(0, ...looks.slice(half)) - Math.max(0, ...looks.slice(0, half)))
    }
  return {
    cpuMs: new Map([...runs].map(([name, all]) => [name, median(all)])),
    grownMb: Math.max(...grown),
    laterMb: Math.max(0, median(later)),
  }
}
