import { Type } from 'typebox'
import { recordEvent } from '../../audit/record.ts'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { bindBrowser, clearSessionCookie, clientOf, setSessionCookie } from '../browser-cookies.ts'
import { actorOf, getEnrolling } from '../caller.ts'
import type { Ceremonies } from '../registration.ts'
import { endSessions } from '../sessions.ts'
import { BeginCeremony, Ceremony } from '../shapes.ts'
import { beginSignIn, finishSignIn } from '../sign-in.ts'

export function signInRoutes(
  app: App,
  { ceremonies, cookies }: { ceremonies: Ceremonies; cookies: CookieNames },
): void {
  app.post('/api/v1/sign-in/begin', {
    config: { access: 'public' },
    schema: { body: BeginCeremony, response: { 200: Ceremony } },
    handler: (request, reply) =>
      beginSignIn(ceremonies, { bindingHash: bindBrowser(request, reply, cookies), hint: request.body?.hint }),
  })

  app.post('/api/v1/sign-in/finish', {
    config: { access: 'public', ceremony: 'sign-in' },
    schema: {
      body: Type.Object({
        ceremonyId: Type.String(),
        response: Type.Unknown(),
        /** Since the page to sign in was shown. The browser's own word, good for a figure and for nothing else. */
        sinceShownMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
      }),
      response: { 204: Type.Null() },
    },
    async handler(request, reply) {
      const { secret } = await finishSignIn(ceremonies, {
        ...request.body,
        bindingHash: bindBrowser(request, reply, cookies),
        client: clientOf(request),
      })
      setSessionCookie(reply, cookies, secret)
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/sign-out', {
    config: { access: 'enrolling' },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getEnrolling(request)
      const at = ceremonies.now()
      await ceremonies.database.write(async (tx) => {
        await endSessions(tx, caller.id, { id: caller.by.sessionId }, at)
        const target = { kind: 'session', id: caller.by.sessionId }
        await recordEvent(tx, { action: 'session.ended', actor: actorOf(caller), target, at })
      })
      clearSessionCookie(reply, cookies)
      return reply.code(204).send(null)
    },
  })
}
