import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { holdsOwnSecret } from '../door/holds-own-secret.ts'
import { withoutCookies } from '../door/set-cookie.ts'
import type { Admitted, Entry } from '../entry.ts'
import type { Route } from '../route.ts'

export interface Telling {
  entry: Pick<Entry, 'ownHeaders' | 'ownCookies'>
  route: Route
  request: Pick<IncomingMessage, 'headers'>
  /** Who came, as `entry` says it. */
  headers: Admitted['headers']
  /** Envoy leaves headers of the client that the answer does not name, unless it is told to drop them. */
  isPrefixed: boolean
}

interface Rendered {
  route: Route
  cookie: string | undefined
  authorization: string | undefined
  isPrefixed: boolean
  answer: OutgoingHttpHeaders
}

// A browser asks many times while the same is known of it: what it is answered is the same as well. Where nobody is asked
// who they are, the same is known of everybody on every route.
const remembered = new WeakMap<Admitted['headers'], Rendered>()

/**
 * What the tool is to be told of who came, for its proxy to set: also `Cookie` without ours, and `Authorization` without
 * a token of ours, which no tool may ever hold.
 */
export function renderAdmitted(telling: Telling): OutgoingHttpHeaders {
  const { route, request, headers, isPrefixed } = telling
  const { cookie, authorization } = request.headers
  const last = remembered.get(headers)
  const isSame = last?.route === route && last.isPrefixed === isPrefixed
  if (isSame && last.cookie === cookie && last.authorization === authorization) return last.answer
  const answer = render(telling)
  remembered.set(headers, { route, cookie, authorization, isPrefixed, answer })
  return answer
}

function render({ entry, route, request, headers, isPrefixed }: Telling): OutgoingHttpHeaders {
  const { cookie, authorization } = request.headers
  const rendered: OutgoingHttpHeaders = { ...headers, 'content-length': 0 }
  if (cookie !== undefined) rendered['cookie'] = withoutCookies(cookie, entry.ownCookies)
  if (authorization !== undefined) rendered['authorization'] = holdsOwnSecret(authorization) ? '' : authorization
  if (isPrefixed) {
    const set = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
    rendered['x-envoy-auth-headers-to-remove'] = [...entry.ownHeaders(route)].filter((name) => !set.has(name)).join(',')
  }
  return rendered
}
