import { createLocalJWKSet, type JWK, jwtVerify } from 'jose'
import type { Bus } from '../../bus/bus.ts'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { endGrant } from '../grants.ts'
import type { SignOnKeys } from '../signing-keys.ts'
import type { ClientCache } from './client-cache.ts'

export interface EndedSignOn {
  /** Whether the token said whose sign-on it is. */
  isOver: boolean
  /** Where the application wants the browser, as it is registered; null where our page is the end. */
  to: string | null
}

/**
 * RP-Initiated Logout 1.0: somebody signed out in a tool, and only that ends. Their session here, and what else they
 * have open by it, is theirs to end on our own pages: a link in one tool must not throw them out of all. An identity
 * token shows whose sign-on it is; without one nothing ends. Undefined where no application is known by what was said.
 */
export async function endSignOn(
  parts: {
    database: Database
    bus: Pick<Bus, 'publish'>
    clients: ClientCache
    keys: () => Promise<SignOnKeys>
    issuer: string
    now: () => number
  },
  parameters: URLSearchParams,
): Promise<EndedSignOn | undefined> {
  const { database, bus, clients, now } = parts
  const hint = await readHint(parts, parameters.get('id_token_hint'))
  const named = parameters.get('client_id')
  if (hint !== undefined && named !== null && named !== hint.clientId) return undefined
  const client = await clients.find(hint?.clientId ?? named ?? '')
  if (client === undefined) return undefined
  if (hint !== undefined) {
    const id = hint.sid as Id<'gra'>
    const at = now()
    await database.write(async (tx) => {
      const grant = await tx
        .selectFrom('oauthGrant')
        .select('id')
        .where('id', '=', id)
        .where('applicationId', '=', client.application.id)
        .where('userId', '=', hint.sub as Id<'usr'>)
        .executeTakeFirst()
      if (grant !== undefined) await endGrant(tx, { bus, id, at }, { as: 'signed-out' })
    })
  }
  const to = parameters.get('post_logout_redirect_uri')
  if (hint === undefined || to === null || !client.settings.postLogoutRedirectUris.includes(to))
    return { isOver: hint !== undefined, to: null }
  const url = new URL(to)
  const state = parameters.get('state')
  if (state !== null) url.searchParams.set('state', state)
  return { isOver: true, to: url.href }
}

/** Of a token that we gave out, however long ago: what it names may still be open. */
async function readHint(
  { keys, issuer }: { keys: () => Promise<SignOnKeys>; issuer: string },
  token: string | null,
): Promise<{ clientId: string; sub: string; sid: string } | undefined> {
  if (token === null) return undefined
  try {
    const { jwks } = await keys()
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: jwks.keys.map(publicPart) }), {
      issuer,
      algorithms: ['ES256', 'RS256'],
      // §2: one that has expired is as good.
      currentDate: new Date(0),
    })
    const { aud, sub, sid } = payload
    if (typeof aud !== 'string' || typeof sub !== 'string' || typeof sid !== 'string') return undefined
    return { clientId: aud, sub, sid }
  } catch {
    return undefined
  }
}

const publicPart = ({ kty, crv, x, y, n, e, kid, alg }: SignOnKeys['jwks']['keys'][number]) =>
  ({ kty, kid, alg, use: 'sig', ...(kty === 'RSA' ? { n, e } : { crv, x, y }) }) as JWK
