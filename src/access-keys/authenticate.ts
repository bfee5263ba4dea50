import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import { checkSameOrigin } from '../http/browser-guard.ts'
import { type CookieNames, readCookie } from '../http/cookies.ts'
import { ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { findSessionCaller } from '../identity/sessions.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { BearerSource } from './bearer.ts'

export interface Authenticator {
  /**
   * The caller that a console or API request proves; undefined for nobody.
   * @param isAgain the same request was let in before, and its body has taken its time: that is no use of anything. What
   *   has ended since counts; a limit of time that passed since does not, as what is under way goes on past it
   * @throws 401 for a token that does not count
   */
  fromRequest(request: FastifyRequest, isAgain?: boolean): Promise<Caller | undefined>
  /** The caller behind git's Basic credentials: any user name, a token as the password, or as the user name alone. */
  fromGit(request: FastifyRequest): Promise<Caller | undefined>
  /** The same for a request that has been going on for a while, and whose credentials may have ended meanwhile. */
  again(request: FastifyRequest): Promise<Caller | undefined>
}

/**
 * One place where a request turns into a caller. A token stands in the Authorization header, never in a URL; a cookie
 * counts for a change only when the browser says that it comes from our own page.
 */
export function createAuthenticator(parts: {
  database: Database
  cookies: CookieNames
  origin: string
  policy: PolicyInForce
  /** Whatever programs come in with. */
  sources: readonly BearerSource[]
  now: () => number
}): Authenticator {
  const { cookies, origin, sources, now } = parts
  const beganAt = new WeakMap<FastifyRequest, number>()
  const byToken = async (
    { secret, address, isAgain }: { secret: string; address: string; isAgain: boolean },
    at: number,
  ): Promise<Caller | undefined> =>
    sources.find((source) => source.isMine(secret))?.find({ secret, address, isAgain }, at)
  const fromGit = async ({ headers, ip }: FastifyRequest, isAgain: boolean): Promise<Caller | undefined> => {
    const { authorization } = headers
    if (authorization === undefined) return undefined
    const secret = bearerSecret(authorization) ?? basicSecret(authorization) ?? ''
    return byToken({ secret, address: ip, isAgain }, now())
  }

  return {
    async fromRequest(request, isAgain = false) {
      const { authorization } = request.headers
      const at = isAgain ? (beganAt.get(request) ?? now()) : now()
      beganAt.set(request, at)
      if (authorization !== undefined) {
        const secret = bearerSecret(authorization) ?? ''
        const caller = await byToken({ secret, address: request.ip, isAgain }, at)
        if (caller === undefined) throw tokenRefused()
        return caller
      }
      checkSameOrigin(request, origin)
      const secret = readCookie(request.headers.cookie, cookies.session)
      if (secret === undefined) return undefined
      const isUse = !isAgain && !isUnattended(request)
      return findSessionCaller(parts, { secret, address: request.ip, isUse }, at)
    },

    fromGit: (request) => fromGit(request, false),
    again: (request) => fromGit(request, true),
  }
}

/**
 * A page that looks by itself says so, and a browser that it asks for a frame, where none of our pages is ever seen:
 * nobody gains by it, and an idle session ends in spite of it.
 */
const isUnattended = ({ method, headers, routeOptions }: FastifyRequest): boolean =>
  routeOptions.config.isUnattended === true ||
  (method === 'GET' && (headers['postern-unattended'] === '1' || headers['sec-fetch-dest'] === 'iframe'))

const bearerSecret = (header: string): string | undefined => /^Bearer ([\w.-]{1,200})$/i.exec(header)?.[1]

/** The password, whatever the user name; some programs have a place for one of them alone, and say so like this. */
function basicSecret(header: string): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password === '' || password === 'x-oauth-basic' ? user : password
}

export const tokenRefusedTitle = 'This token is not known, has expired, or was ended.'

const tokenRefused = (): ProblemError =>
  new ProblemError(401, 'token-refused', tokenRefusedTitle, {
    help: 'Make a new one under Account.',
    headers: { 'www-authenticate': 'Bearer realm="Postern", error="invalid_token"' },
  })
