import type { Route } from './route.ts'

/** A request for the host of a route, read and found sound; its headers are lower-cased names. */
export interface ProxyRequest {
  method: string
  /** Normalised, as rules see it; begins with `/`. */
  path: string
  /** Path and query as they came. */
  url: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Of the client, by the trusted proxies' word. */
  address: string
  /** `https:` or `http:`, as the browser speaks it. */
  protocol: string
  /** As the browser names it, with its port. */
  authority: string
  /**
   * It was let on a while ago and is still open. That is no use of a session, and no reason to ask for another tap: it goes
   * on unless its access has ended.
   */
  isAgain?: boolean
}

/** Who came, and what the upstream is told of it. */
export interface Admitted {
  kind: 'admitted'
  /** Set on the request after every one of these names, in any spelling, was taken off it. */
  headers: Readonly<Record<string, string>>
  /** What it is cut with: account, session, token. Empty where nobody was asked who they are. */
  endsWith: readonly string[]
  /** When it is to be asked again for what stays open longer; milliseconds since the epoch. */
  until: number
}

/** Answered here, the upstream hears nothing of it. */
export interface AnsweredHere {
  kind: 'answer'
  status: number
  headers: Readonly<Record<string, string | string[]>>
  body: string
}

/** Decides about each request for the host of a route: lets it on with an identity, or answers it. */
export interface Entry {
  admit(route: Route, request: ProxyRequest): Promise<Admitted | AnsweredHere> | Admitted | AnsweredHere
  /**
   * Told when others may be let in than a moment ago, and of whom that is true: an account, or everybody. What is open is
   * asked about again then.
   */
  onJudgedAnew(listener: (account: string | undefined) => void): void
  /** Names of headers that only we may set, in small letters: stripped from whatever comes in, `_` read as `-`. */
  ownHeaders(route: Route): ReadonlySet<string>
  /** Names of our cookies on hosts of routes: the upstream neither sees nor sets them. */
  ownCookies: readonly string[]
}
