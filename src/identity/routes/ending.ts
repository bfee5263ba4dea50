import { type Static, Type } from 'typebox'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { actOf } from '../act.ts'
import { getActorAnywhere } from '../actor.ts'
import type { EndAccess } from '../ending/end-access.ts'
import { checkMayEnd, endPerson, previewEnd } from '../ending/end-person.ts'
import type { Receipts } from '../ending/receipts.ts'
import { checkMayRestore, restorePerson } from '../ending/restore-person.ts'
import { AccessEnd, AccessEndSummary, AccessPreview, EndReason, Restored } from '../ending/shapes.ts'
import { getPersonByName } from '../people.ts'
import { linkUrl } from '../registration-links.ts'
import type { Ceremonies } from '../registration.ts'

const ByName = Type.Object({ username: Type.String({ maxLength: 60 }) })
const ById = Type.Object({ id: Type.String({ maxLength: 60 }) })
const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })

/** How somebody's access ends by a person's decision, the receipt of every end, and the way back. */
export function endingRoutes(
  app: App,
  parts: {
    ceremonies: Ceremonies
    endAccess: EndAccess
    receipts: Receipts
    /** What an account has open on this node. */
    countOpen: (accountId: string) => number
  },
): void {
  const { ceremonies, endAccess, receipts } = parts
  const { database, place, now } = ceremonies

  const end: SensitiveAct = {
    name: 'person.end',
    async describe(request) {
      const user = await getPersonByName(database.read, (request.params as Static<typeof ByName>).username)
      const { reason } = request.body as Static<typeof EndReason>
      const caller = getActorAnywhere(request)
      await checkMayEnd(database.read, caller, user)
      const { kinds, agents } = await previewEnd(parts, database.read, { caller, user, at: now() })
      return {
        title: `End the access of ${user.displayName} (${user.username})`,
        rows: [
          text('Person', `${user.displayName} (${user.username})`),
          ...(reason === '' ? [] : [text('Reason', reason)]),
          ...kinds.filter(({ count }) => count > 0).map(({ kind, count }) => text(`With it: ${kind}`, String(count))),
          ...(agents.length === 0 ? [] : [text('Agents that end too', agents.map((one) => one.username).join(', '))]),
        ],
        subjects: [actSubject('account', user.id)],
      }
    },
  }
  const restore: SensitiveAct = {
    name: 'person.restore',
    async describe(request) {
      const user = await getPersonByName(database.read, (request.params as Static<typeof ByName>).username)
      await checkMayRestore(database.read, getActorAnywhere(request), user)
      return {
        title: `Give ${user.displayName} (${user.username}) access back`,
        rows: [
          text('Person', `${user.displayName} (${user.username})`),
          text('Role', user.role),
          text('Comes back', 'the account alone: no passkey, no session, no token'),
        ],
        subjects: [actSubject('account', user.id)],
      }
    },
  }

  app.get('/api/v1/people/:username/access', {
    config: { access: 'organisation:admin' },
    schema: { params: ByName, response: { 200: AccessPreview } },
    async handler(request) {
      const user = await getPersonByName(database.read, request.params.username)
      return previewEnd(parts, database.read, { caller: getActorAnywhere(request), user, at: now() })
    },
  })

  app.post('/api/v1/people/:username/end', {
    config: { access: 'organisation:admin', act: end },
    schema: { params: ByName, body: EndReason, response: { 200: AccessEnd } },
    async handler(request) {
      const user = await getPersonByName(database.read, request.params.username)
      const wanted = { user, reason: request.body.reason.trim() }
      return receipts.view(await database.write((tx) => endPerson(endAccess, tx, actOf(request, now), wanted)))
    },
  })

  app.post('/api/v1/people/:username/restore', {
    config: { access: 'organisation:admin', act: restore },
    schema: { params: ByName, body: Type.Object({}), response: { 200: Restored } },
    async handler(request) {
      const user = await getPersonByName(database.read, request.params.username)
      const link = await database.write((tx) => restorePerson(endAccess, tx, actOf(request, now), user))
      const { id, username, displayName } = user
      return {
        person: { id, username, displayName },
        link: link === undefined ? null : linkUrl(place.origin, link.token),
        expiresAt: link?.expiresAt ?? null,
      }
    },
  })

  app.get('/api/v1/people/:username/ends', {
    config: { access: 'organisation:admin' },
    schema: { params: ByName, response: { 200: Type.Object({ items: Type.Array(AccessEndSummary) }) } },
    async handler(request) {
      const user = await getPersonByName(database.read, request.params.username)
      return { items: await receipts.list(user.id) }
    },
  })

  app.get('/api/v1/access-ends/key', {
    config: { access: 'public' },
    schema: { response: { 200: Type.Object({ keyId: Type.String(), publicKeyPem: Type.String() }) } },
    handler: async () => ({ keyId: receipts.key.keyId, publicKeyPem: receipts.key.publicKeyPem }),
  })

  app.get('/api/v1/access-ends/:id', {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: AccessEnd } },
    handler: (request) => receipts.view(request.params.id),
  })
}
