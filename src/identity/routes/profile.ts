import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import { getPerson } from '../caller.ts'
import type { EndAccess } from '../ending/end-access.ts'
import { readManagerNames } from '../manager-names.ts'
import { changeProfile, checkMayChange, listChanges, managedProblem } from '../profile/change-profile.ts'
import { leave } from '../profile/leave.ts'
import type { WriteLetter } from '../profile/own-letter.ts'
import { Profile } from '../profile/shapes.ts'
import { askVerification, confirmAddress } from '../profile/verify-address.ts'
import type { Ceremonies } from '../registration.ts'
import { DisplayName, Email } from '../shapes.ts'
import { findUserById, type User } from '../users.ts'

const Change = Type.Object(
  { email: Type.Optional(Email), displayName: Type.Optional(DisplayName) },
  { additionalProperties: false, minProperties: 1 },
)

/** One's own name and address, and leaving. */
export function profileRoutes(
  app: App,
  { ceremonies, endAccess, writeLetter }: { ceremonies: Ceremonies; endAccess: EndAccess; writeLetter: WriteLetter },
): void {
  const { database, place, now } = ceremonies
  const parts = { database, writeLetter, origin: place.origin, now }
  const ownOf = async (id: User['id']): Promise<User> => {
    const user = await findUserById(database.read, id)
    if (user === undefined) throw notFound('Your account')
    return user
  }
  const view = async (user: User): Promise<Profile> => {
    const { username, displayName, email, emailVerifiedAt, managedBy } = user
    return {
      username,
      displayName,
      email,
      emailVerifiedAt,
      isMailSetUp: writeLetter !== null,
      managedBy:
        managedBy === null
          ? null
          : ((await readManagerNames(database.read, [managedBy])).get(managedBy) ?? 'a directory'),
      isManagedByDirectory: managedBy !== null && !managedBy.startsWith('dom_'),
    }
  }
  const change: SensitiveAct = {
    name: 'me.change',
    async describe(request) {
      const user = await ownOf(getActor(request).id)
      const { email, displayName } = listChanges(user, request.body as Static<typeof Change>)
      checkMayChange(user, { email, displayName })
      const row = (label: string, value: string) => ({ label, value, kind: 'text' as const })
      return {
        title: email === undefined ? 'Change your name' : 'Change your address',
        rows: [
          ...(email === undefined ? [] : [row('Address of now', user.email), row('New address', email)]),
          ...(displayName === undefined ? [] : [row('Name of now', user.displayName), row('New name', displayName)]),
        ],
        ...(email === undefined ? {} : { warnings: ['Letters about your account go to the new address.'] }),
      }
    },
  }
  const leaving: SensitiveAct = {
    name: 'me.leave',
    async describe(request) {
      const user = await ownOf(getActor(request).id)
      if (user.managedBy !== null) throw managedProblem('leave')
      return {
        title: 'Leave, and end your own access',
        rows: [{ label: 'Account', value: `${user.displayName} (${user.username})`, kind: 'text' }],
        warnings: ['Your sessions, tokens and keys end at once. Only an administrator can let you in again.'],
      }
    },
  }

  app.get('/api/v1/me/profile', {
    config: { access: 'person' },
    schema: { response: { 200: Profile } },
    handler: async (request) => view(await ownOf(getPerson(request).id)),
  })

  app.patch('/api/v1/me', {
    config: { access: 'person', act: change },
    schema: { body: Change, response: { 200: Profile } },
    async handler(request) {
      const act = actOf(request, now)
      await changeProfile(parts, act, request.body)
      return view(await ownOf(act.caller.id))
    },
  })

  app.delete('/api/v1/me', {
    config: { access: 'person', act: leaving },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      await leave({ database, endAccess }, actOf(request, now))
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/me/email/verify', {
    config: { access: 'person' },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      await askVerification(parts, getPerson(request))
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/email-verifications', {
    config: { access: 'person' },
    schema: {
      body: Type.Object({ token: Type.String({ minLength: 20, maxLength: 100 }) }, { additionalProperties: false }),
      response: { 200: Profile },
    },
    handler: async (request) => view(await confirmAddress(parts, getPerson(request), request.body.token)),
  })
}
