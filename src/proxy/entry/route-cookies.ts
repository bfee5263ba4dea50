import { newSecret } from '../../http/secret.ts'

/** What a browser holds on the host of a route: its session there, and the mark that a sign-in was begun by itself. */
export interface RouteCookies {
  session: string
  state: string
  secure: boolean
}

/**
 * Host-only, and by `__Host-` out of reach of every other host (decision 44). On http://*.localhost, where browsers refuse
 * that prefix and share cookies among ports, the port is part of the name.
 */
export function routeCookieNames(origin: string): RouteCookies {
  const { protocol, port } = new URL(origin)
  const secure = protocol === 'https:'
  const session = secure ? '__Host-postern-route' : `postern-route-${port === '' ? '80' : port}`
  return { session, state: `${session}-state`, secure }
}

const stateSeconds = 600

/** The mark that this browser has already, so that two tabs sign in beside each other, or a new one. */
export function stateOf(known: string | undefined): string {
  return known !== undefined && /^[\w-]{43}$/.test(known) ? known : newSecret()
}

export const stateAge = { maxAgeSeconds: stateSeconds }
