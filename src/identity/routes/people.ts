import { hash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { notFound } from '../../http/problem.ts'
import { Page } from '../../http/shapes.ts'
import { coseFingerprint } from '../../protocols/sshsig/cose-fingerprint.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import { checkAccountScope, getCaller, getPerson } from '../caller.ts'
import { findCredentialRecord } from '../credential-records.ts'
import { changeRole, checkRoleChange, countTokensSeen, roleWords } from '../change-role.ts'
import type { GrantPlaces } from '../invitations/grant-places.ts'
import { countPeople, listPeople } from '../list-people.ts'
import { addPerson, endorseCredential, getPersonByName, makePersonLink } from '../people.ts'
import { peopleFilters } from '../people-filters.ts'
import { getPersonDetail } from '../person-detail.ts'
import type { ListReachedTools } from '../reached-tools.ts'
import { renderPerson } from '../render-people.ts'
import { linkUrl } from '../registration-links.ts'
import type { Ceremonies } from '../registration.ts'
import { DisplayName, Email, OrganisationRole, Person, PersonAdded, PersonDetail, Username } from '../shapes.ts'

const ByName = Type.Object({ username: Type.String() })
const NewPerson = Type.Object({ username: Username, displayName: DisplayName, email: Email, role: OrganisationRole })
const NewRole = Type.Object({ role: OrganisationRole }, { additionalProperties: false })
const ListQuery = Type.Object({
  ...CursorQuery,
  q: Type.Optional(Type.String({ maxLength: 100 })),
  filter: Type.Optional(Type.Union(peopleFilters.map((filter) => Type.Literal(filter)))),
})
const ByCredential = Type.Object({ username: Type.String(), id: Type.String() })

export function peopleRoutes(
  app: App,
  {
    ceremonies,
    signersChanged,
    places,
    listReachedTools,
  }: {
    ceremonies: Ceremonies
    signersChanged: () => void
    places: GrantPlaces
    listReachedTools: ListReachedTools
  },
): void {
  const { database, place, now } = ceremonies
  const add: SensitiveAct = {
    name: 'person.add',
    async describe(request) {
      const body = request.body as Static<typeof NewPerson>
      return {
        title: `Add ${body.displayName} (${body.username}) as ${body.role}`,
        rows: [
          { label: 'Name', value: body.displayName, kind: 'text' },
          { label: 'Username', value: body.username, kind: 'text' },
          { label: 'E-mail', value: body.email, kind: 'text' },
          { label: 'Role', value: body.role, kind: 'text' },
        ],
      }
    },
  }
  const link: SensitiveAct = {
    name: 'person.link',
    async describe(request) {
      const { username } = request.params as Static<typeof ByName>
      return {
        title: `Make a registration link for ${username}`,
        rows: [{ label: 'Username', value: username, kind: 'text' }],
      }
    },
  }
  const change: SensitiveAct = {
    name: 'person.change',
    async describe(request) {
      const { username } = request.params as Static<typeof ByName>
      const { role } = request.body as Static<typeof NewRole>
      const user = await getPersonByName(database.read, username)
      await checkRoleChange(database.read, getActor(request), { user, role })
      const stopping = role === 'guest' ? await countTokensSeen(database.read, user.id, now()) : 0
      return {
        title: `Make ${user.displayName} (${user.username}) ${roleWords[role]}`,
        rows: [
          { label: 'Person', value: `${user.displayName} (${user.username})`, kind: 'text' },
          { label: 'Role until now', value: user.role, kind: 'text' },
          { label: 'Role from now on', value: role, kind: 'text' },
        ],
        subjects: [actSubject('person', user.id)],
        ...(stopping === 0
          ? {}
          : {
              warnings: [
                stopping === 1
                  ? 'An API token of an agent stops working: this person made it, and has seen it. Make a new one.'
                  : `${stopping} API tokens of agents stop working: this person made them, and has seen them. Make new ones.`,
              ],
            }),
      }
    },
  }
  const endorse: SensitiveAct = {
    name: 'credential.endorse',
    async describe(request) {
      const { username, id } = request.params as Static<typeof ByCredential>
      const user = await getPersonByName(database.read, username)
      const record = await findCredentialRecord(database.read, user.id, id)
      if (record === undefined) throw notFound('This passkey')
      const cose = Buffer.from(record.publicKey, 'base64url')
      return {
        title: `Vouch that “${record.name}” belongs to ${user.displayName} (${user.username})`,
        rows: [
          { label: 'Person', value: `${user.displayName} (${user.username})`, kind: 'text' },
          { label: 'Fingerprint', value: coseFingerprint(cose, record.rpId), kind: 'text' },
        ],
        subjects: [{ name: 'credential', digest: { sha256: hash('sha256', cose, 'hex') } }],
      }
    },
  }

  app.get('/api/v1/people', {
    config: { access: 'user' },
    schema: { querystring: ListQuery, response: { 200: Page(Person) } },
    handler(request) {
      const caller = getCaller(request)
      checkAccountScope(caller)
      const { cursor, q: search, filter } = request.query
      return listPeople(database.read, caller, { cursor, search, filter }, now())
    },
  })

  app.get('/api/v1/people/counts', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Record(Type.String(), Type.Integer()) } },
    handler: () => countPeople(database.read, now()),
  })

  app.get('/api/v1/people/:username', {
    config: { access: 'person' },
    schema: { params: ByName, response: { 200: PersonDetail } },
    handler: (request) =>
      getPersonDetail(database.read, {
        caller: getPerson(request),
        ...request.params,
        places,
        listReachedTools,
        at: now(),
      }),
  })

  app.patch('/api/v1/people/:username', {
    config: { access: 'organisation:admin', act: change },
    schema: { params: ByName, body: NewRole, response: { 200: Person } },
    async handler(request) {
      const user = await changeRole(database, actOf(request, now), { ...request.body, ...request.params })
      return renderPerson(database.read, user)
    },
  })

  app.post('/api/v1/people', {
    config: { access: 'organisation:admin', act: add },
    schema: { body: NewPerson, response: { 200: PersonAdded } },
    async handler(request) {
      const { user, token, expiresAt } = await addPerson(database, actOf(request, now), request.body)
      return { person: await renderPerson(database.read, user), link: linkUrl(place.origin, token), expiresAt }
    },
  })

  app.post('/api/v1/people/:username/registration-link', {
    config: { access: 'organisation:admin', act: link },
    schema: { params: ByName, response: { 200: PersonAdded } },
    async handler(request) {
      const { user, token, expiresAt } = await makePersonLink(database, actOf(request, now), request.params.username)
      return { person: await renderPerson(database.read, user), link: linkUrl(place.origin, token), expiresAt }
    },
  })

  app.post('/api/v1/people/:username/credentials/:id/endorse', {
    config: { access: 'organisation:admin', act: endorse },
    schema: { params: ByCredential, response: { 200: Person } },
    async handler(request) {
      const { username, id } = request.params
      const user = await endorseCredential(database, actOf(request, now), username, id)
      signersChanged()
      return renderPerson(database.read, user)
    },
  })
}
