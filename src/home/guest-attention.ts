import type { Db } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { findSponsor } from '../identity/guests/guest-ends.ts'
import { conditionOf } from '../identity/people-filters.ts'
import type { Attention } from './attention.ts'

const dayMs = 86_400_000
const shown = 5

/** Guests whose access ends soon, for who answers for them; those for whom nobody does, for administrators; one’s own end. */
export async function listGuestAttention(
  db: Db<TableName>,
  caller: Pick<Caller, 'id' | 'role'>,
  at: number,
): Promise<Attention[]> {
  if (caller.role === 'guest') return listOwnEnd(db, caller, at)
  const ending = await db
    .selectFrom('user')
    .select(['username', 'displayName', 'endsAt'])
    .where('sponsorId', '=', caller.id)
    .where((eb) => eb(eb.fn.coalesce('baseRole', 'role'), '=', 'guest'))
    .where('state', '=', 'active')
    .where('endsAt', '<=', at + 7 * dayMs)
    .orderBy('endsAt')
    .limit(shown)
    .execute()
  const { alone } = isAdmin(caller)
    ? await db
        .selectFrom('user')
        .select((eb) => eb.fn.countAll<number>().as('alone'))
        .where((eb) => conditionOf('no-sponsor', eb, at))
        .executeTakeFirstOrThrow()
    : { alone: 0 }
  return [
    ...ending.map(({ username, displayName, endsAt }) => ({
      kind: `guest-ends-${username}`,
      text: `The access of your guest ${displayName} ends on ${dayOf(endsAt)}. Prolong it if they still need it.`,
      href: `/-/people?filter=guests&q=${username}`,
    })),
    ...(alone === 0
      ? []
      : [
          {
            kind: 'guests-alone',
            text: `Nobody answers any more for ${alone === 1 ? 'a guest' : `${alone} guests`}: look through them.`,
            href: '/-/people?filter=no-sponsor',
          },
        ]),
  ]
}

async function listOwnEnd(db: Db<'user'>, { id }: Pick<Caller, 'id'>, at: number): Promise<Attention[]> {
  const self = await db
    .selectFrom('user')
    .select(['endsAt', 'sponsorId'])
    .where('id', '=', id)
    .where('kind', '=', 'person')
    .where('endsAt', '<=', at + 14 * dayMs)
    .executeTakeFirst()
  if (self === undefined) return []
  const sponsor = await findSponsor(db, self.sponsorId, at)
  const ask = sponsor?.displayName ?? 'an administrator'
  const text = `Your access ends on ${dayOf(self.endsAt)}. If you still need it then, ask ${ask} to prolong it.`
  return [{ kind: 'own-end', text, href: '/-/account' }]
}

const dayOf = (at: number | null): string => new Date(at ?? 0).toISOString().slice(0, 10)
