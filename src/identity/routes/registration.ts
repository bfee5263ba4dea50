import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { OneLine } from '../../http/shapes.ts'
import type { Admission, Opening } from '../admission.ts'
import { bindBrowser, clientOf, setSessionCookie } from '../browser-cookies.ts'
import { checkLinkMaker } from '../check-link-maker.ts'
import type { RecoveryStops } from '../recovery/begin-recovery.ts'
import { findRecoveryOfLink } from '../recovery/find-recovery.ts'
import { beginRegistration, type Ceremonies, finishRegistration, getAdmission } from '../registration.ts'
import { getRegistrationLink, makesOwner } from '../registration-links.ts'
import {
  Ceremony,
  DisplayName,
  Email,
  type NewcomerView,
  PasskeyHint,
  RegistrationLinkView,
  Username,
} from '../shapes.ts'
import { findUserById } from '../users.ts'

const Token = Type.String({ minLength: 20, maxLength: 100 })

/** A first passkey through a one-time link: set-up, next owner, invitation, moving house. */
export function registrationRoutes(
  app: App,
  {
    ceremonies,
    cookies,
    admissions,
    stops,
  }: { ceremonies: Ceremonies; cookies: CookieNames; admissions: readonly Admission[]; stops: RecoveryStops },
): void {
  const { database, now } = ceremonies

  app.post('/api/v1/registration-links/inspect', {
    config: { access: 'public' },
    schema: { body: Type.Object({ token: Token }), response: { 200: RegistrationLinkView } },
    async handler(request) {
      const link = await getRegistrationLink(database.read, request.body.token, now())
      const user = link.userId === null ? undefined : await findUserById(database.read, link.userId)
      if (user !== undefined) await checkLinkMaker(database.read, link, user, now())
      return {
        purpose: link.purpose,
        person:
          user === undefined ? null : { username: user.username, displayName: user.displayName, email: user.email },
        newcomer:
          link.userId === null && !makesOwner(link)
            ? renderOpening((await getAdmission(admissions, database.read, link, now())).opening)
            : null,
        opensAt: (await findRecoveryOfLink(database.read, link.id))?.opensAt ?? null,
        expiresAt: link.expiresAt,
      }
    },
  })

  app.post('/api/v1/registration-links/begin', {
    config: { access: 'public' },
    schema: {
      body: Type.Object({
        token: Token,
        username: Username,
        displayName: DisplayName,
        email: Email,
        hint: Type.Optional(PasskeyHint),
      }),
      response: { 200: Ceremony },
    },
    async handler(request, reply) {
      const { token, hint, ...applicant } = request.body
      return beginRegistration(ceremonies, {
        token,
        applicant,
        bindingHash: bindBrowser(request, reply, cookies),
        admissions,
        hint,
      })
    },
  })

  app.post('/api/v1/registration-links/finish', {
    config: { access: 'public', ceremony: 'registration' },
    schema: {
      body: Type.Object({
        token: Token,
        ceremonyId: Type.String(),
        response: Type.Unknown(),
        credentialName: Type.Optional(OneLine(100)),
      }),
      response: { 200: Type.Object({ isFirstOwner: Type.Boolean() }) },
    },
    async handler(request, reply) {
      const { secret, firstOwner } = await finishRegistration(ceremonies, {
        token: request.body.token,
        ceremonyId: request.body.ceremonyId,
        response: request.body.response,
        credentialName: request.body.credentialName ?? 'My first passkey',
        bindingHash: bindBrowser(request, reply, cookies),
        client: clientOf(request),
        admissions,
        stops,
      })
      setSessionCookie(reply, cookies, secret)
      return { isFirstOwner: firstOwner }
    },
  })
}

const renderOpening = ({ email, username, displayName, role, endsAt, by, message }: Opening): NewcomerView => ({
  email,
  username,
  displayName,
  role,
  endsAt,
  by,
  message,
})
