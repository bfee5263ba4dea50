import type { Db } from '../../database/handles.ts'

/** What a connection looks after, of what may come in. */
export interface Holdings {
  people: number
  peopleWithoutPasskey: number
  groups: number
}

export const nothing: Holdings = { people: 0, peopleWithoutPasskey: 0, groups: 0 }

/** By the id of the connection. */
export async function countHoldings(
  db: Db<'user' | 'userGroup' | 'credentialRecord'>,
): Promise<ReadonlyMap<string, Holdings>> {
  const people = await db
    .selectFrom('user')
    .select((eb) => [
      'managedBy',
      eb.fn.countAll<number>().as('people'),
      eb.fn
        // PostgreSQL hands a sum over as text.
        .sum<number | string>(
          eb
            .case()
            .when(
              eb.exists(
                eb
                  .selectFrom('credentialRecord')
                  .select('credentialRecord.id')
                  .whereRef('credentialRecord.userId', '=', 'user.id')
                  .where('credentialRecord.endedAt', 'is', null),
              ),
            )
            .then(0)
            .else(1)
            .end(),
        )
        .as('without'),
    ])
    .where('managedBy', 'is not', null)
    .where('state', '=', 'active')
    .groupBy('managedBy')
    .execute()
  const groups = await db
    .selectFrom('userGroup')
    .select((eb) => ['managedBy', eb.fn.countAll<number>().as('count')])
    .where('managedBy', 'is not', null)
    .groupBy('managedBy')
    .execute()
  const counts = new Map<string, Holdings>()
  for (const { managedBy, people: count, without } of people)
    if (managedBy !== null) counts.set(managedBy, { ...nothing, people: count, peopleWithoutPasskey: Number(without) })
  for (const { managedBy, count } of groups)
    if (managedBy !== null) counts.set(managedBy, { ...(counts.get(managedBy) ?? nothing), groups: count })
  return counts
}
