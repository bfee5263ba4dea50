import type { Admitted, Entry, ProxyRequest } from '../entry.ts'
import { holdsOwnSecret } from './holds-own-secret.ts'
import type { PreparedRoute } from './prepared-route.ts'
import { withoutCookies } from './set-cookie.ts'

export interface Sending {
  prepared: PreparedRoute
  request: ProxyRequest
  rawHeaders: readonly string[]
  /** In digits, as it came; undefined where it is not known before the body ends. */
  contentLength: string | undefined
  admitted: Admitted
  ownCookies: Entry['ownCookies']
  /** How this instance calls itself in `Via`, by which it knows its own requests. */
  via: string
}

/** What the upstream gets, as a flat list of names and values: what came, without what only we may say, and what we say. */
export function requestHeaders(sending: Sending): string[] {
  const { prepared, request, rawHeaders, contentLength, admitted, ownCookies, via } = sending
  const { address, authority, protocol, headers } = request
  const named = namedInConnection(headers.connection)
  const sent: string[] = ['host', prepared.isHostKept ? authority : prepared.upstream.host]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = prepared.passedName(rawHeaders[at] ?? '')
    if (name === undefined || named?.has(name) === true || name in admitted.headers) continue
    let value = rawHeaders[at + 1] ?? ''
    if (name === 'cookie') value = withoutCookies(value, ownCookies)
    if (value === '' && name === 'cookie') continue
    if (name === 'authorization' && holdsOwnSecret(value)) continue
    sent.push(name, value)
  }
  if (contentLength !== undefined) sent.push('content-length', contentLength)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  sent.push(
    'x-forwarded-for',
    address,
    'x-forwarded-proto',
    scheme,
    'x-forwarded-host',
    authority,
    'x-real-ip',
    address,
  )
  // RFC 7239 §6: an address of version 6 stands in brackets and quotes.
  const by = address.includes(':') ? `"[${address}]"` : address
  sent.push('forwarded', `for=${by};proto=${scheme};host="${authority}"`)
  sent.push('via', headers.via === undefined ? via : `${String(headers.via)}, ${via}`)
  for (const name in admitted.headers) sent.push(name, admitted.headers[name] ?? '')
  sent.push(...prepared.requestHeaders)
  return sent
}

/** RFC 9110 §7.6.1: undefined for what is most often said there. */
export function namedInConnection(value: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined
  return new Set(
    String(value)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}
