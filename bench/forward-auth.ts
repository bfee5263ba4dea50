import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Person } from '../src/walk/person.ts'
import { rawRequest } from '../test/support/raw-request.ts'
import { alternate, type Group } from './measure.ts'
import { serve, throwAwayFolder } from './served.ts'
import { cpuPerRequestUs, requireOk } from './wrk.ts'

const trivialFile = fileURLToPath(new URL('./trivial-endpoint.ts', import.meta.url))
const navigating = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** What a data plane waits for before each request: whether somebody who is signed in may. */
export const forwardAuth: Group = {
  name: 'forward-auth',
  does: 'decisions at /proxy/verify beside a trivial Node endpoint',
  async run({ rounds }) {
    await using undo = new AsyncDisposableStack()
    const { path } = undo.use(await throwAwayFolder(tmpdir()))
    const flags = ['--trusted-proxies', '127.0.0.1']
    const server = undo.use(await serve({ dataFolder: join(path, 'data'), flags }))
    const { port, host } = new URL(server.origin)
    const ana = new Person(server.origin)
    await ana.register(await server.setupLink, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
    await ana.act('POST', '/applications', route)
    const cookie = await openTool(ana, port)
    const headers = {
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: '*/*',
      'accept-language': 'en-US,en;q=0.9',
      'sec-fetch-mode': 'cors',
      cookie,
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': '/start?q=1',
      'x-forwarded-host': `wiki.localhost:${port}`,
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    }
    const trivial = spawn(process.execPath, [trivialFile], { stdio: ['ignore', 'pipe', 'inherit'] })
    undo.defer(() => void trivial.kill())
    const [said] = (await once(trivial.stdout, 'data')) as [Buffer]
    const asked = {
      trivial: { url: `http://127.0.0.1:${said.toString().trim()}/`, headers },
      ours: { url: `http://127.0.0.1:${port}/proxy/verify`, headers: { ...headers, Host: host } },
    }
    const sides = {
      trivial: () => cpuPerRequestUs(trivial.pid ?? 0, asked.trivial),
      ours: () => cpuPerRequestUs(server.pid, asked.ours),
    }
    await requireOk(asked.trivial)
    await requireOk(asked.ours)
    await alternate(1, sides)
    const measured = await alternate(rounds, sides)
    await requireOk(asked.ours)
    return [
      {
        measured: 'decision at `/proxy/verify` about somebody who is signed in; CPU',
        unit: 'µs',
        ours: measured.ours,
        peer: { name: 'a trivial Node endpoint', value: measured.trivial },
        // 70 % of its decisions a second.
        reach: { ratio: 1.43 },
      },
    ]
  },
}

const route = {
  kind: 'route',
  slug: 'wiki',
  name: 'Wiki',
  description: '',
  recipe: null,
  launchUrl: null,
  audience: 'members',
  groups: [],
  strength: null,
  settings: {
    host: 'wiki.localhost',
    upstream: 'http://127.0.0.1:1',
    by: 'forward-auth',
    identityHeaders: { 'Remote-User': 'username' },
  },
}

/** Signs in on the host of the tool, as a browser is led. Returns the cookie there. */
async function openTool(person: Person, port: string): Promise<string> {
  const atTool = (path: string, headers: Record<string, string>) =>
    rawRequest(`http://127.0.0.1:${port}`, {
      path,
      headers: { host: `wiki.localhost:${port}`, ...navigating, ...headers },
    })
  const away = await atTool('/', {})
  const state = away.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const there = await person.fetch('GET', away.headers.location ?? '', undefined, navigating)
  const { pathname, search } = new URL(there.headers.get('location') ?? '')
  const entered = await atTool(`${pathname}${search}`, { cookie: state })
  return entered.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}
