import { type Static, Type } from 'typebox'
import type { Id } from '../../database/id.ts'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { type CookieNames, readCookie } from '../../http/cookies.ts'
import { CursorQuery } from '../../http/page.ts'
import { Nullable, Page, Time } from '../../http/shapes.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import type { EndAccess } from '../ending/end-access.ts'
import { getPerson } from '../caller.ts'
import type { GrantPlaces } from '../invitations/grant-places.ts'
import { listPeople } from '../list-people.ts'
import type { ListReachedTools } from '../reached-tools.ts'
import { renderPerson } from '../render-people.ts'
import type { Ceremonies } from '../registration.ts'
import { getSetting } from '../settings.ts'
import { GuestReview, Person } from '../shapes.ts'
import { findAccessOver } from './access-over.ts'
import { extendGuest, getOwnGuest, isGuest } from './extend-guest.ts'
import { getGuestEnd } from './guest-days.ts'

const ByName = Type.Object({ username: Type.String() })
/** Without a date: as long as the organisation lets a guest be here. */
const Extension = Type.Object({ endsAt: Type.Optional(Time) }, { additionalProperties: false })
const ReviewQuery = Type.Object({
  ...CursorQuery,
  q: Type.Optional(Type.String({ maxLength: 100 })),
  filter: Type.Optional(
    Type.Union([Type.Literal('guests'), Type.Literal('guests-ending'), Type.Literal('no-sponsor')]),
  ),
})
const AccessOver = Type.Object({
  endedAt: Time,
  /** Who can prolong it; null: any administrator. */
  ask: Nullable(Type.Object({ displayName: Type.String(), email: Type.String() })),
})

/** Guests: until when they are here, who answers for them, and what they are told when it is over. */
export function guestRoutes(
  app: App,
  {
    ceremonies,
    endAccess,
    cookies,
    places,
    listReachedTools,
  }: {
    ceremonies: Ceremonies
    endAccess: EndAccess
    cookies: CookieNames
    places: GrantPlaces
    listReachedTools: ListReachedTools
  },
): void {
  const { database, now } = ceremonies
  const extend: SensitiveAct = {
    name: 'guest.extend',
    async describe(request) {
      const { username } = request.params as Static<typeof ByName>
      const user = await getOwnGuest(database.read, getActor(request), username)
      const endsAt = await getGuestEnd(database.read, (request.body as Static<typeof Extension>).endsAt, now())
      return {
        title: `Prolong the access of ${isGuest(user) ? 'the guest ' : ''}${user.displayName} (${user.username})`,
        rows: [
          ...(user.endsAt === null ? [] : [{ label: 'Until now', value: String(user.endsAt), kind: 'time' as const }]),
          { label: 'From now on', value: String(endsAt), kind: 'time' },
        ],
        subjects: [actSubject('person', user.id)],
        ...(user.state === 'ended'
          ? { warnings: ['Their access has ended. It comes back, with their passkeys.'] }
          : {}),
      }
    },
  }

  app.get('/api/v1/guests/days', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ days: Type.Integer() }) } },
    handler: async () => ({ days: await getSetting(database.read, 'guestDays') }),
  })

  app.get('/api/v1/guests', {
    config: { access: 'person' },
    schema: { querystring: ReviewQuery, response: { 200: Page(GuestReview) } },
    async handler(request) {
      const { cursor, q: search, filter = 'guests' } = request.query
      const page = await listPeople(database.read, getPerson(request), { cursor, search, filter }, now())
      const ids = page.items.map(({ id }) => id as Id<'usr'>)
      const reached = await places.listReached(database.read, ids)
      const guests = page.items.map(({ id, role }) => ({ id: id as Id<'usr'>, kind: 'person', role }) as const)
      const tools = await listReachedTools(database.read, guests)
      return {
        ...page,
        items: page.items.map((person) => ({
          person,
          reaches: reached.get(person.id) ?? [],
          tools: tools.get(person.id) ?? [],
        })),
      }
    },
  })

  app.post('/api/v1/people/:username/extend', {
    config: { access: 'person', act: extend },
    schema: { params: ByName, body: Extension, response: { 200: Person } },
    async handler(request) {
      const { username } = request.params
      const act = actOf(request, now)
      const user = await extendGuest({ database, endAccess }, act, { ...request.body, username })
      return renderPerson(database.read, user)
    },
  })

  app.get('/api/v1/sign-in/access-over', {
    config: { access: 'public' },
    schema: { response: { 200: Type.Object({ over: Nullable(AccessOver) }) } },
    async handler(request) {
      const secret = readCookie(request.headers.cookie, cookies.session)
      return { over: secret === undefined ? null : await findAccessOver(database.read, { secret }, now()) }
    },
  })
}
