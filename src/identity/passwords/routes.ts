import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { forbidden } from '../../http/problem.ts'
import { Nullable, OneLine, Time } from '../../http/shapes.ts'
import { permittedUntil } from '../../policy/permits.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { clientOf, setSessionCookie } from '../browser-cookies.ts'
import { getEnrolling, type SessionCaller } from '../caller.ts'
import { readPolicyActor } from '../policy-actor.ts'
import type { Ceremonies } from '../registration.ts'
import { linkUrl } from '../registration-links.ts'
import { Ceremony } from '../shapes.ts'
import { beginConditional, finishConditional } from './conditional-passkey.ts'
import { changePassword } from './change-password.ts'
import { beginCodes, confirmCodes, hasCodes } from './one-time-codes.ts'
import { findPassword, listPasswordUsers } from './password-logins.ts'
import { passwordParts, signInWithPassword } from './password-sign-in.ts'
import { OwnPassword, PasswordSignedIn, PasswordUserView } from './shapes.ts'
import { makeUpgradeLink } from './upgrade-link.ts'
import { mostLength } from './weak-password.ts'

const Password = Type.String({ minLength: 1, maxLength: mostLength })

/** Signing in with what was brought from elsewhere, and the way from there to a passkey. */
export function passwordRoutes(
  app: App,
  { ceremonies, cookies, secrets }: { ceremonies: Ceremonies; cookies: CookieNames; secrets: Secrets },
): void {
  const { database, place, policy, now } = ceremonies
  const parts = passwordParts({ ceremonies, secrets })

  app.post('/api/v1/sign-in/password', {
    config: { access: 'public', ceremony: 'sign-in' },
    schema: {
      body: Type.Object({
        /** Username or address. */
        name: Type.String({ minLength: 1, maxLength: 254 }),
        password: Password,
        /** Of the app that makes codes, where there is one. */
        code: Type.Optional(Type.String({ maxLength: 10 })),
      }),
      response: { 200: PasswordSignedIn },
    },
    async handler(request, reply) {
      const { name, password, code = '' } = request.body
      const client = clientOf(request)
      const { secret, ...begun } = await signInWithPassword(parts, { name, password, code, client })
      setSessionCookie(reply, cookies, secret)
      return begun
    },
  })

  app.post('/api/v1/me/upgrade-link', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Type.Object({ link: Type.String(), expiresAt: Time }) } },
    async handler(request) {
      const { token, expiresAt } = await makeUpgradeLink(parts, getEnrolling(request))
      return { link: linkUrl(place.origin, token), expiresAt }
    },
  })

  app.get('/api/v1/me/password', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Nullable(OwnPassword) } },
    async handler(request) {
      const caller = getEnrolling(request)
      if ((await findPassword(database.read, caller.id)) === undefined) return null
      const row = await database.read
        .selectFrom('passwordLogin')
        .select('mustChange')
        .where('userId', '=', caller.id)
        .executeTakeFirst()
      const actor = await readPolicyActor(database.read, caller)
      return {
        until: permittedUntil(policy.current(), { at: now(), actor, address: request.ip }),
        hasCodes: await hasCodes(database.read, caller.id),
        mustChange: row?.mustChange === 1,
      }
    },
  })

  app.put('/api/v1/me/password', {
    config: { access: 'enrolling' },
    schema: { body: Type.Object({ current: Password, wanted: Password }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      await changePassword(parts, { ...request.body, caller: byPassword(getEnrolling(request)) })
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/me/one-time-codes', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Type.Object({ secret: Type.String(), uri: Type.String() }) } },
    handler: (request) =>
      beginCodes(parts, { caller: byPassword(getEnrolling(request)), issuer: `Postern (${place.rpId})` }),
  })

  app.post('/api/v1/me/one-time-codes/confirm', {
    config: { access: 'enrolling' },
    schema: { body: Type.Object({ code: Type.String({ maxLength: 10 }) }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      await confirmCodes(parts, { caller: byPassword(getEnrolling(request)), code: request.body.code })
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/me/conditional-passkey/begin', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Ceremony } },
    handler: (request) => beginConditional(ceremonies, byPassword(getEnrolling(request))),
  })

  app.post('/api/v1/me/conditional-passkey', {
    config: { access: 'enrolling', ceremony: 'registration' },
    schema: {
      body: Type.Object({ ceremonyId: Type.String(), response: Type.Unknown(), name: OneLine(100) }),
      response: { 204: Type.Null() },
    },
    async handler(request, reply) {
      await finishConditional(ceremonies, byPassword(getEnrolling(request)), request.body)
      return reply.code(204).send(null)
    },
  })

  app.get('/api/v1/people/passwords', {
    config: { access: 'organisation:admin' },
    schema: {
      response: { 200: Type.Object({ items: Type.Array(PasswordUserView) }) },
    },
    handler: async () => ({ items: await listPasswordUsers(database.read) }),
  })
}

/** Who signed in with a passkey, or at another place, has nothing to do with passwords here. @throws 403 */
function byPassword(caller: SessionCaller): SessionCaller {
  if (caller.by.method === 'password') return caller
  throw forbidden('Only somebody signed in with their password can do this.', 'A passkey needs neither.')
}
