import { type Static, Type } from 'typebox'
import { actSubject } from '../../http/act-subject.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { actOf } from '../act.ts'
import { bindBrowser } from '../browser-cookies.ts'
import { getPerson } from '../caller.ts'
import { linkUrl } from '../registration-links.ts'
import type { Ceremonies } from '../registration.ts'
import { getSetting } from '../settings.ts'
import { Ceremony } from '../shapes.ts'
import type { RecoveryStops } from './begin-recovery.ts'
import { cancelAsAdministrator, getCancellable, getRecoverable, recoverPerson } from './by-second-person.ts'
import { beginCancel, finishCancel } from './cancel-ceremony.ts'
import { findRecoveryUnderWay } from './find-recovery.ts'
import { createGuessBudget } from './guess-budget.ts'
import { listRecoveries } from './list-recoveries.ts'
import { findPasskeySignals } from './passkey-signals.ts'
import { countRecoveryCodes, makeRecoveryCodes } from './recovery-codes.ts'
import { NewCodes, OwnRecovery, PasskeySignals, RecoveryBegun, RecoveryView } from './shapes.ts'
import { noteGuessing, useRecoveryCode } from './use-code.ts'

const ById = Type.Object({ id: Type.String() })
const ByName = Type.Object({ username: Type.String() })
const UsedCode = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 254 }), code: Type.String({ maxLength: 100 }) },
  { additionalProperties: false },
)
/** Of one name, within an hour. */
const mostWrongCodes = 10

declare module 'fastify' {
  interface FastifyRequest {
    /** The name whose last wrong code of this hour was just tried, to be written down once it is answered. */
    guessedName: string | undefined
  }
}

/**
 * How somebody who has lost their passkeys gets back in: by a code they kept, or by a second person. Either way suspends
 * what they had at once, registers a capped passkey by a one-time link and nothing else, and can be cancelled by one tap
 * on any former passkey for a while. It never signs anybody in, and never makes anybody stronger than they were.
 */
export function recoveryRoutes(
  app: App,
  { ceremonies, cookies, stops }: { ceremonies: Ceremonies; cookies: CookieNames; stops: RecoveryStops },
): void {
  const { database, place, now } = ceremonies
  const budget = createGuessBudget({ most: mostWrongCodes, now })
  app.decorateRequest('guessedName', undefined)

  const codes: SensitiveAct = {
    name: 'recovery.codes',
    describe: async () => ({
      title: 'Make ten new recovery codes',
      rows: [{ label: 'Former codes', value: 'No longer work from now on', kind: 'text' }],
    }),
  }
  const recover: SensitiveAct = {
    name: 'person.recover',
    async describe(request) {
      const { username } = request.params as Static<typeof ByName>
      const user = await getRecoverable(database.read, actOf(request, now).caller, username)
      const hours = await getSetting(database.read, 'recoveryDelayHours')
      return {
        title: `Let ${user.displayName} (${user.username}) back in`,
        rows: [
          { label: 'Person', value: `${user.displayName} (${user.username})`, kind: 'text' },
          {
            label: 'At once',
            value: 'Their passkeys pause; their sessions, API tokens and SSH keys end',
            kind: 'text',
          },
          {
            label: 'The link opens',
            value: hours === 0 ? 'At once, without any delay' : `In ${hours} hours`,
            kind: 'text',
          },
        ],
        warnings: [
          'Be sure who asks you: call them back at a number you know. A letter or a chat message can be anybody’s.',
          ...(hours === 0 ? ['There is no delay: nobody has time to object. Owners have set it so.'] : []),
        ],
        subjects: [actSubject('person', user.id)],
      }
    },
  }
  const cancel: SensitiveAct = {
    name: 'recovery.cancel',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const { recovery, user } = await getCancellable(database.read, actOf(request, now).caller, id)
      return {
        title: `Cancel the recovery of the account of ${user.displayName} (${user.username})`,
        rows: [
          { label: 'What came in by it', value: 'Ends, with its sessions and API tokens', kind: 'text' },
          { label: 'Former passkeys', value: 'Work again', kind: 'text' },
        ],
        subjects: [actSubject('recovery', recovery.id)],
      }
    },
  }

  app.get('/api/v1/me/recovery', {
    config: { access: 'person' },
    schema: { response: { 200: OwnRecovery } },
    async handler(request) {
      const { id } = getPerson(request)
      const { left, madeAt } = await countRecoveryCodes(database.read, id)
      const row = await findRecoveryUnderWay(database.read, id)
      return {
        codesLeft: left,
        codesMadeAt: madeAt,
        underWay: row === undefined ? null : { kind: row.kind, startedAt: row.createdAt, cancelUntil: row.cancelUntil },
      }
    },
  })

  app.post('/api/v1/me/recovery-codes', {
    config: { access: 'person', act: codes },
    schema: { response: { 200: NewCodes } },
    handler: (request) => makeRecoveryCodes(database, actOf(request, now)),
  })

  app.get('/api/v1/me/passkey-signals', {
    config: { access: 'person' },
    schema: { response: { 200: PasskeySignals } },
    handler: (request) => findPasskeySignals(database.read, { userId: getPerson(request).id, rpId: place.rpId }),
  })

  app.post('/api/v1/recovery/use-code', {
    config: { access: 'public' },
    schema: { body: UsedCode, response: { 200: RecoveryBegun } },
    async handler(request) {
      const { recovery, token } = await useRecoveryCode(
        { database, budget, stops, now },
        {
          ...request.body,
          address: request.ip,
          onLastGuess: (name) => (request.guessedName = name),
        },
      )
      const { opensAt, expiresAt, cancelUntil } = recovery
      return { link: linkUrl(place.origin, token), opensAt, expiresAt, cancelUntil }
    },
    // The answer has left: how long this takes tells nobody whether there is somebody of that name.
    async onResponse(request) {
      if (request.guessedName === undefined) return
      await noteGuessing(database, {
        name: request.guessedName,
        count: mostWrongCodes,
        address: request.ip,
        at: now(),
      })
    },
  })

  app.post('/api/v1/recovery/cancel/begin', {
    config: { access: 'public' },
    schema: { response: { 200: Ceremony } },
    handler: (request, reply) => beginCancel(ceremonies, { bindingHash: bindBrowser(request, reply, cookies) }),
  })

  app.post('/api/v1/recovery/cancel/finish', {
    config: { access: 'public' },
    schema: {
      body: Type.Object({ ceremonyId: Type.String(), response: Type.Unknown() }),
      response: { 204: Type.Null() },
    },
    async handler(request, reply) {
      const bindingHash = bindBrowser(request, reply, cookies)
      await finishCancel(ceremonies, stops, { ...request.body, bindingHash, address: request.ip })
      return reply.code(204).send(null)
    },
  })

  app.get('/api/v1/recoveries', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Object({ items: Type.Array(RecoveryView) }) } },
    handler: async () => ({ items: await listRecoveries(database.read, now()) }),
  })

  app.post('/api/v1/people/:username/recovery', {
    config: { access: 'organisation:admin', act: recover },
    schema: { params: ByName, response: { 200: RecoveryBegun } },
    async handler(request) {
      const begun = await recoverPerson({ database, stops }, actOf(request, now), request.params.username)
      const { token, opensAt, expiresAt } = begun
      return { link: linkUrl(place.origin, token), opensAt, expiresAt, cancelUntil: opensAt }
    },
  })

  app.delete('/api/v1/recoveries/:id', {
    config: { access: 'organisation:admin', act: cancel },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await cancelAsAdministrator({ database, stops }, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
