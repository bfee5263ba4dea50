import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose'
import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { ProblemError } from '../../http/problem.ts'
import { endSessions } from '../../identity/sessions.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { type Openid, type Provider, signatureAlgorithms } from './openid.ts'
import { createFetch } from './outbound-fetch.ts'
import { UpstreamError } from './upstream-error.ts'

const eventName = 'http://schemas.openid.net/event/backchannel-logout'
const toleranceSeconds = 60
/** How old a logout may be when it arrives: longer than any provider retries at once. */
const maxAgeSeconds = 300

export type Logout = (provider: Provider, token: string) => Promise<void>

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.6: what ended at the other place ends here. Only sessions that were there
 * when the token was made end by it, so a token that somebody sends again does nothing.
 * @throws 400 for a token that does not verify
 */
export function createLogout(parts: {
  database: Database
  outbound: Outbound
  openid: Pick<Openid, 'discover'>
  now: () => number
}): Logout {
  const { database, now } = parts
  const fetch = createFetch(parts.outbound)
  // Asked for again at most twice a minute, whoever sends whatever.
  const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>()
  const keysOf = async ({ issuer }: Provider) => {
    const { jwks_uri: uri = '' } = await parts.openid.discover(issuer)
    const known = keySets.get(uri) ?? createRemoteJWKSet(new URL(uri), { [customFetch]: fetch })
    keySets.set(uri, known)
    return known
  }

  return async (provider, token) => {
    const claims = await verify(provider, token)
    const { sub, sid, iat = 0 } = claims
    await database.write(async (tx) => {
      let query = tx
        .selectFrom('upstreamSession')
        .innerJoin('externalIdentity', 'externalIdentity.id', 'upstreamSession.externalIdentityId')
        .innerJoin('session', 'session.id', 'upstreamSession.sessionId')
        .innerJoin('user', 'user.id', 'session.userId')
        .select(['upstreamSession.sessionId', 'session.userId', 'user.username'])
        .where('externalIdentity.issuer', '=', provider.issuer)
        .where('session.endedAt', 'is', null)
        .where('session.createdAt', '<=', (iat + toleranceSeconds) * 1000)
      if (typeof sub === 'string') query = query.where('externalIdentity.subject', '=', sub)
      if (typeof sid === 'string') query = query.where('upstreamSession.sid', '=', sid)
      const rows = await query.execute()
      const at = now()
      const people = new Map<Id<'usr'>, { username: string; count: number }>()
      for (const { sessionId, userId, username } of rows) {
        const count = await endSessions(tx, userId, { id: sessionId }, at)
        people.set(userId, { username, count: (people.get(userId)?.count ?? 0) + count })
      }
      for (const [userId, { username, count }] of people)
        await recordEvent(tx, {
          action: 'session.ended-upstream',
          actor: null,
          method: 'upstream',
          target: { kind: 'user', id: userId },
          facts: { person: username, provider: provider.name, count },
          at,
        })
    })
  }

  async function verify(provider: Provider, token: string): Promise<JWTPayload & { sid?: unknown }> {
    try {
      const { payload } = await jwtVerify(token, await keysOf(provider), {
        issuer: provider.issuer,
        audience: provider.clientId,
        algorithms: signatureAlgorithms,
        clockTolerance: toleranceSeconds,
        maxTokenAge: maxAgeSeconds,
        requiredClaims: ['iat', 'jti', 'exp', 'events'],
        currentDate: new Date(now()),
      })
      const { events, nonce, sub, sid } = payload
      const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, eventName)
      // §2.4: a nonce would make it an ID token; it names a subject, a session, or both.
      if (!isLogout || nonce !== undefined || (typeof sub !== 'string' && typeof sid !== 'string'))
        throw new errors.JWTInvalid('not a logout token')
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof UpstreamError) throw invalidToken(error)
      throw error
    }
  }
}

const invalidToken = (cause: Error): ProblemError =>
  new ProblemError(400, 'invalid-request', 'This logout token does not verify.', {
    help: 'Send a fresh one, made for the client that is set up here and signed with a key of your own key set.',
    cause,
  })
