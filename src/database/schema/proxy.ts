import type { Id } from '../id.ts'

/** The tables that `proxy/` writes. */
export interface ProxyTables {
  proxyRoute: ProxyRouteTable
  connector: ConnectorTable
  routeSession: RouteSessionTable
  routeCode: RouteCodeTable
}

/** A host name in front of one tool; who may stands with its application. */
export interface ProxyRouteTable {
  applicationId: Id<'app'>
  /** In small letters, without a port; unique among those whose application has not ended. */
  host: string
  /** `console`: made with a tap; `file`: it stands in `routes.yaml`, and changes only there. */
  source: 'console' | 'file'
  /** JSON: where it leads and how, `RouteSettings` of `proxy/route-settings.ts`. */
  settings: string
  changedAt: number
}

/** What a browser holds on the host of one route: a secret of its own there, good for as long as the session it hangs on. */
export interface RouteSessionTable {
  id: Id<'rse'>
  /** The session that opened it; a later one of the same person in the same browser takes it over. */
  sessionId: Id<'ses'>
  applicationId: Id<'app'>
  /** SHA-256 of the cookie. */
  secretHash: string
  createdAt: number
  /** By itself: its person signed out of this tool alone, or its browser opened another. */
  endedAt: number | null
}

/** Carries somebody who has signed in here over to the host of a route, once. */
export interface RouteCodeTable {
  codeHash: string
  sessionId: Id<'ses'>
  applicationId: Id<'app'>
  /** SHA-256 of what the browser that asked holds on that host: nobody else's code lets it in. */
  stateHash: string
  /** Path and query that were asked for, as they came. */
  path: string
  expiresAt: number
  consumedAt: number | null
}

/** A program inside a private network that dials out to us, and carries what is asked of the tools there. */
export interface ConnectorTable {
  id: Id<'con'>
  /** `[a-z0-9][a-z0-9-]{1,38}`, unique among those that have not ended; routes name it. */
  name: string
  /** SHA-256 of its secret, base64url. */
  secretHash: string
  secretMadeAt: number
  /** To whom the secret was shown. */
  secretMadeBy: Id<'usr'>
  /** Since when somebody who has left knows the secret; null where nobody does. */
  secretLeftAt: number | null
  createdAt: number
  createdBy: Id<'usr'>
  lastSeenAt: number | null
  lastSeenFrom: string | null
  endedAt: number | null
}
