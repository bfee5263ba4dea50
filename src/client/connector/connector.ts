import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ClientError } from '../client-error.ts'
import { type Output, orOneLine, plainLine, standard } from '../output.ts'
import { parsePlace } from '../place.ts'
import { dial, type Node, Refused } from './dial.ts'
import { serveTunnel } from './serve-tunnel.ts'

export const connectorHelp = `postern connector <address> --allow <upstream> [--allow <upstream>…] [options]

Carries routes into this network: dials out to the server, which then reaches the upstreams through
it. Nothing listens here. It goes on until it is stopped, or the connector is ended.

  <address>             of the server, such as https://git.example.com
  --allow <upstream>    what may be reached through it: http://10.0.0.7:3000, https://wiki.internal
  --at <host>:<port>    where the server itself listens, once for each of its nodes; without it, as
                        the address says
  --secret-file <file>  where its secret lies; otherwise POSTERN_CONNECTOR_SECRET
  --waiting <n>         how many connections wait for somebody to come; 4
  --ca <file>           who vouches for the server, beside the public authorities; PEM
  --help                print this
`

export interface ConnectorOptions {
  origin: string
  /** Each node of it, where they were named. */
  nodes: readonly (Node | undefined)[]
  allowed: ReadonlySet<string>
  secret: string
  waiting: number
  ca: Buffer | undefined
}

const slowestMs = 30_000

/** Dials until it is stopped. Returns the exit code: 1 where the server will not have it any more. */
export const connector = (
  args: readonly string[],
  { output, env, signal }: { output: Output; env: NodeJS.ProcessEnv; signal?: AbortSignal } = {
    output: standard,
    env: process.env,
  },
): Promise<number> =>
  orOneLine('connector', output, async () => {
    const options = await readOptions(args, env)
    if (options === 'help') {
      output.out(connectorHelp)
      return 0
    }
    const stopped = new AbortController()
    const stop = (): void => stopped.abort()
    signal?.addEventListener('abort', stop, { once: true })
    process.once('SIGINT', stop).once('SIGTERM', stop)
    const log = (line: string): void => output.err(`${plainLine(line)}\n`)
    const keepAt = (node: Node | undefined): Promise<void>[] => {
      const say = whenChanged(log)
      return Array.from({ length: options.waiting }, () => keepWaiting({ ...options, node }, { stopped, say, log }))
    }
    try {
      await Promise.all(options.nodes.flatMap(keepAt))
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop)
    }
    if (stopped.signal.reason instanceof Refused)
      throw new ClientError(
        stopped.signal.reason.message,
        'Make a connector anew under Applications, and put its secret into the file.',
      )
    return 0
  })

/** Those that wait find out alike what is wrong: it is said once. */
function whenChanged(log: (line: string) => void): (line: string) => void {
  let last = ''
  return (line) => {
    if (line === last) return
    last = line
    log(line)
  }
}

/** One after the other, so that one always waits. */
async function keepWaiting(
  options: ConnectorOptions & { node: Node | undefined },
  { stopped, say, log }: { stopped: AbortController; say: (line: string) => void; log: (line: string) => void },
): Promise<void> {
  const { signal } = stopped
  let pauseMs = 0
  while (!signal.aborted) {
    try {
      const tunnel = await dial(options)
      say(`Connected to ${nameOf(options)}.`)
      const begun = performance.now()
      const destroy = (): void => void tunnel.destroy()
      signal.addEventListener('abort', destroy, { once: true })
      tunnel.once('close', () => signal.removeEventListener('abort', destroy))
      if (signal.aborted) destroy()
      await new Promise<void>((resolve) => serveTunnel(tunnel, { allowed: options.allowed, onTaken: resolve, log }))
      // One that is closed as soon as it was opened would be dialled in a loop.
      pauseMs = performance.now() - begun < 100 && tunnel.destroyed ? nextPause(pauseMs) : 0
    } catch (error) {
      if (error instanceof Refused) return stopped.abort(error)
      pauseMs = nextPause(pauseMs)
      say(`${nameOf(options)}: ${(error as Error).message} Trying again.`)
    }
    if (pauseMs > 0) await wait(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
  }
}

const nameOf = ({ origin, node }: { origin: string; node: Node | undefined }): string =>
  node === undefined ? origin : `${origin} at ${node.host}:${node.port}`

const nextPause = (pauseMs: number): number => Math.min(slowestMs, Math.max(500, pauseMs * 2))

/** @throws ClientError, TypeError */
async function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ConnectorOptions | 'help'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      allow: { type: 'string', multiple: true, default: [] },
      at: { type: 'string', multiple: true, default: [] },
      'secret-file': { type: 'string' },
      waiting: { type: 'string', default: '4' },
      ca: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const [address, ...more] = positionals
  if (address === undefined || more.length > 0)
    throw new ClientError('It takes the address of one server.', 'See postern connector --help.')
  if (values.allow.length === 0)
    throw new ClientError('Nothing may be reached through it.', 'Name an upstream: --allow http://127.0.0.1:3000')
  const waiting = Number(values.waiting)
  if (!Number.isInteger(waiting) || waiting < 1 || waiting > 64)
    throw new ClientError('--waiting takes a whole number from 1 to 64.', 'Such as --waiting 8, or leave it out.')
  const { 'secret-file': file } = values
  const secret = (file === undefined ? env['POSTERN_CONNECTOR_SECRET'] : await readFile(file, 'utf8'))?.trim()
  if (secret === undefined || !/^pst_con_[\w-]+$/.test(secret))
    throw new ClientError(
      'It needs its secret.',
      'Make a connector under Applications, and put what is shown there into a file for --secret-file.',
    )
  const { origin } = parsePlace(address)
  // It is spoken to as the address says: without TLS, on this machine alone.
  if (origin.startsWith('http:')) for (const text of values.at) parsePlace(`http://${text}`)
  return {
    origin,
    nodes: values.at.length === 0 ? [undefined] : values.at.map(parseNode),
    allowed: new Set(values.allow.map(parseUpstream)),
    secret,
    waiting,
    ca: values.ca === undefined ? undefined : await readFile(values.ca),
  }
}

/** As the server names it: scheme, host and port, nothing behind. @throws ClientError */
function parseUpstream(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search + url.hash + url.username + url.password === ''
  if (!isPlain)
    throw new ClientError(`“${text}” is no upstream.`, 'Such as http://10.0.0.7:3000, nothing behind the port.')
  return url.origin
}

/** @throws ClientError */
function parseNode(text: string): Node {
  const url = URL.canParse(`tcp://${text}`) ? new URL(`tcp://${text}`) : undefined
  if (url === undefined || url.port === '' || url.host !== text.toLowerCase())
    throw new ClientError(`“${text}” is no place of a node.`, 'Such as 10.0.0.1:443, nothing before or behind.')
  return { host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(url.port) }
}
