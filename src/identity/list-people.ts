import type { ExpressionBuilder } from 'kysely'
import type { Db } from '../database/handles.ts'
import { likeAnywhere } from '../database/like.ts'
import type { Schema, TableName } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { forbidden } from '../http/problem.ts'
import { type Caller, isAdmin } from './caller.ts'
import { conditionOf, isByEnd, type PeopleFilter, peopleFilters } from './people-filters.ts'
import { renderPeople } from './render-people.ts'
import type { Person } from './shapes.ts'

export interface WantedPeople {
  cursor?: string | undefined
  /** Matches names and addresses. */
  search?: string | undefined
  filter?: PeopleFilter | undefined
}

/**
 * A page of people by name, as the caller may see them. Guests and agents see themselves and who answers for them;
 * members see names, and all about the guests they answer for.
 */
export async function listPeople(
  db: Db<TableName>,
  caller: Pick<Caller, 'id' | 'role'>,
  { cursor, search = '', filter }: WantedPeople,
  at: number,
): Promise<{ items: Person[]; nextCursor: string | null }> {
  const isFull = isAdmin(caller)
  const ofOwnGuests = !isFull && (filter === 'guests' || filter === 'guests-ending')
  if (!isFull && !ofOwnGuests && filter !== undefined && filter !== 'people')
    throw forbidden('Only administrators can look for people in this way.', 'Ask one of them.')
  // Whoever has become a guest answers for nobody.
  if (ofOwnGuests && caller.role === 'guest') return { items: [], nextCursor: null }
  const byEnd = isByEnd(filter)
  let query = db
    .selectFrom('user')
    .selectAll('user')
    .select((eb) => endOf(eb).as('end'))
    .where('user.kind', '!=', 'system')
    .limit(pageSize + 1)
  if (byEnd) query = query.orderBy((eb) => endOf(eb))
  query = query.orderBy('user.username')
  if (filter !== undefined) query = query.where((eb) => conditionOf(filter, eb, at))
  if (ofOwnGuests) query = query.where('user.sponsorId', '=', caller.id)
  else if (caller.role === 'guest') query = query.where((eb) => isNear(eb, caller))
  if (search !== '') query = query.where((eb) => isFound(eb, search))
  if (cursor !== undefined && byEnd) {
    const [end, username] = parseCursor(cursor, 'number', 'string')
    query = query.where((eb) =>
      eb.or([eb(endOf(eb), '>', end), eb.and([eb(endOf(eb), '=', end), eb('user.username', '>', username)])]),
    )
  } else if (cursor !== undefined) query = query.where('user.username', '>', parseCursor(cursor, 'string')[0])
  const page = cutPage(
    await query.execute(),
    ({ end, username }) => (byEnd ? [end, username] : [username]),
    (user) => user,
  )
  return {
    items: await renderPeople(db, page.items, { isFull: isFull || ofOwnGuests }),
    nextCursor: page.nextCursor,
  }
}

/** How many each filter finds, in one statement. */
export async function countPeople(db: Db<TableName>, at: number): Promise<Record<PeopleFilter, number>> {
  const counts = await db
    .selectFrom('user')
    .select((eb) =>
      peopleFilters.map((filter) =>
        eb.fn
          .sum<number>(
            eb
              .case()
              .when(conditionOf(filter, eb, at))
              .then(eb.lit(1))
              .else(eb.lit(0))
              .end(),
          )
          .as(filter),
      ),
    )
    .where('user.kind', '!=', 'system')
    .executeTakeFirstOrThrow()
  return Object.fromEntries(
    peopleFilters.map((filter) => [filter, Number((counts as Record<string, unknown>)[filter] ?? 0)]),
  ) as Record<PeopleFilter, number>
}

type Builder = ExpressionBuilder<Schema, 'user'>

/** Whoever has no end date comes last. */
const endOf = (eb: Builder) => eb.fn.coalesce('user.endsAt', eb.lit(Number.MAX_SAFE_INTEGER))

/** For somebody who was let in to see some repositories: themselves, and whoever answers for them. */
const isNear = (eb: Builder, { id }: Pick<Caller, 'id'>) =>
  eb.or([
    eb('user.id', '=', id),
    eb('user.id', 'in', (one) =>
      one
        .selectFrom('user as self')
        .select((self) => self.fn.coalesce('self.sponsorId', 'self.ownerId').as('answers'))
        .where('self.id', '=', id)
        .$castTo<{ answers: Caller['id'] }>(),
    ),
  ])

function isFound(eb: Builder, search: string) {
  const like = likeAnywhere(search)
  return eb.or(
    (['user.username', 'user.displayName', 'user.email'] as const).map((column) =>
      eb(eb.fn<string>('lower', [column]), 'like', like),
    ),
  )
}
