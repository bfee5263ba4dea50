import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isProxyTrusted } from '../../http/trusted-proxies.ts'
import { type ReadHost, readHost } from '../door/read-host.ts'

/** What a client asked the proxy in front for, by that proxy's word. */
export interface Original {
  method: string
  /** Path and query as they came. */
  url: string
  named: ReadHost
  protocol: 'https:' | 'http:'
  /** Of the client. */
  address: string
}

/** A sentence for whoever set the proxy up; it is never let on by half of what it should have said. */
export interface Unreadable {
  problem: string
}

/**
 * Names under which proxies say it: Caddy’s and Traefik’s own, those that nginx is told to set, and the one of
 * ingress-nginx that says all of it. Where two say it they must agree: one of them could be the client's.
 */
const names = {
  method: ['x-forwarded-method', 'x-original-method'],
  url: ['x-forwarded-uri', 'x-original-uri'],
  host: ['x-forwarded-host', 'x-original-host'],
  protocol: ['x-forwarded-proto', 'x-original-proto'],
} as const
const whole = 'x-original-url'

/** Node takes the first of several and forgets the others; a tool may take another one. */
const onlyOnce: readonly string[] = [...Object.values(names).flat(), whole, 'authorization', 'host']

type Said = Record<keyof typeof names, string | undefined>

/** Reads it from headers, for proxies that ask at an address of their own choice. */
export function readOriginal(request: IncomingMessage, trustedProxies: readonly string[]): Original | Unreadable {
  const twice = findDoubled(request)
  if (twice !== undefined) return { problem: `${twice} came more than once.` }
  const { headers } = request
  const said: Said = { method: undefined, url: undefined, host: undefined, protocol: undefined }
  const all = headers[whole]
  if (typeof all === 'string') {
    const [, protocol, host, url = '/'] = /^(https?):\/\/([^/?#]+)(\/.*)?$/.exec(all) ?? []
    if (protocol === undefined) return { problem: `${whole} is not a whole address.` }
    Object.assign(said, { protocol, host, url })
  }
  for (const part of ['method', 'url', 'host', 'protocol'] as const)
    for (const name of names[part]) {
      const value = headers[name]
      if (value === undefined) continue
      if (typeof value !== 'string' || (said[part] !== undefined && said[part] !== value))
        return { problem: `${name} does not say what another header does. Only one of them may come from the proxy.` }
      said[part] = value
    }
  return check(said, readAddress(request, trustedProxies))
}

/** Reads it from the request itself, for proxies that ask at `/proxy/verify` with the path put behind it. */
export function readPrefixed(
  request: IncomingMessage,
  prefix: string,
  trustedProxies: readonly string[],
): Original | Unreadable {
  const twice = findDoubled(request)
  if (twice !== undefined) return { problem: `${twice} came more than once.` }
  const { method, url = '', headers } = request
  const protocol = headers['x-forwarded-proto']
  return check(
    {
      method,
      url: url.slice(prefix.length),
      host: headers.host,
      protocol: typeof protocol === 'string' ? protocol : undefined,
    },
    readAddress(request, trustedProxies),
  )
}

function check({ method, url, host: authority, protocol }: Said, address: string | undefined): Original | Unreadable {
  if (method === undefined || !/^[A-Z]{3,20}$/.test(method)) return missing('method', names.method[0])
  // A fragment never leaves a browser: what comes with one is meant to be read in two ways.
  if (url === undefined || !/^\/[\x21\x22\x24-\x7e]*$/.test(url)) return missing('path', names.url[0])
  if (protocol !== 'https' && protocol !== 'http') return missing('scheme', names.protocol[0])
  const named = authority === undefined ? undefined : readHost(authority)
  if (named === undefined) return missing('host', names.host[0])
  if (address === undefined) return missing('address of the client', 'x-forwarded-for')
  return { method, url, named, protocol: `${protocol}:`, address }
}

const missing = (what: string, header: string): Unreadable => ({
  problem: `The ${what} of the request is missing or unreadable; the proxy says it in ${header}.`,
})

function findDoubled({ rawHeaders }: IncomingMessage): string | undefined {
  let seen = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = bitOf(rawHeaders[at] ?? '')
    if ((seen & bit) !== 0) return (rawHeaders[at] ?? '').toLowerCase()
    seen |= bit
  }
  return undefined
}

// Each proxy spells names in one way: they are looked up as they come, and remembered.
const bits = new Map<string, number>()
const mostSpellings = 500

/** Which of those that count once it is; 0 for every other. */
function bitOf(name: string): number {
  let bit = bits.get(name)
  if (bit !== undefined) return bit
  const at = onlyOnce.indexOf(name.toLowerCase())
  bit = at === -1 ? 0 : 1 << at
  if (bits.size < mostSpellings) bits.set(name, bit)
  return bit
}

/** The last address that no trusted proxy has, which is the first that nobody could make up. */
function readAddress({ headers }: IncomingMessage, trustedProxies: readonly string[]): string | undefined {
  const line = headers['x-forwarded-for']
  if (typeof line !== 'string') return undefined
  const addresses = line.includes(',') ? line.split(',').map((address) => address.trim()) : [line]
  const found = addresses.findLast((address) => !isProxyTrusted(address, trustedProxies)) ?? addresses[0] ?? ''
  return isIP(found) === 0 ? undefined : found
}
