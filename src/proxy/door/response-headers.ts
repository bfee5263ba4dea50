import type { PreparedRoute } from './prepared-route.ts'
import { mergePermissions, withoutKeys } from './permissions-policy.ts'
import { namedInConnection } from './request-headers.ts'
import { clearedHere, maySetCookie } from './set-cookie.ts'

export interface Answering {
  prepared: PreparedRoute
  status: number
  /** Names and values by turns, as undici has read them. */
  raw: readonly (Buffer | string)[]
  /** As the browser names it, with scheme and port. */
  origin: string
  ownCookies: readonly string[]
}

/** What the browser gets, as a flat list of names and values. */
export function responseHeaders({ prepared, status, raw, origin, ownCookies }: Answering): string[] {
  const sent: string[] = []
  const permissions: string[] = []
  const lengths: string[] = []
  let isChunked = false
  let connection: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = textOf(raw[at])
    const lower = name.toLowerCase()
    if (lower === 'connection')
      connection = connection === undefined ? textOf(raw[at + 1]) : `${connection},${textOf(raw[at + 1])}`
    if (lower === 'transfer-encoding') isChunked = true
    if (prepared.isDropped(lower)) continue
    let value = textOf(raw[at + 1])
    if (lower === 'content-length') {
      lengths.push(value)
      continue
    }
    if (lower === 'permissions-policy') {
      permissions.push(value)
      continue
    }
    if (lower === 'set-cookie' && !maySetCookie(value, prepared.route.host, ownCookies)) continue
    if (lower === 'clear-site-data') value = clearedHere(value)
    if (lower === 'location' && !prepared.isHostKept) value = asSeenFrom(origin, value, prepared.upstream)
    sent.push(name, value)
  }
  const named = namedInConnection(connection)
  const kept = named === undefined ? sent : sent.filter((_, at) => !named.has((sent[at & ~1] ?? '').toLowerCase()))
  // RFC 9112 §6.3: a length beside a coding says nothing, and neither do two of them.
  if (!isChunked && lengths.length === 1 && status !== 204) kept.push('content-length', lengths[0] ?? '')
  kept.push(...prepared.responseHeaders)
  kept.push('permissions-policy', permissions.length === 0 ? withoutKeys : mergePermissions(permissions))
  // RFC 6797: the host alone; what stands below it is not the tool's to speak for.
  if (origin.startsWith('https:')) kept.push('strict-transport-security', 'max-age=31536000')
  return kept
}

const textOf = (part: Buffer | string | undefined): string =>
  part === undefined ? '' : typeof part === 'string' ? part : part.toString('latin1')

/** A redirect to itself, by the name that only we call it, leads to where the browser is. */
function asSeenFrom(origin: string, location: string, upstream: URL): string {
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return location
  const url = new URL(location)
  return url.host === upstream.host ? `${origin}${url.pathname}${url.search}${url.hash}` : location
}
