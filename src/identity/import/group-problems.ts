import type { Tx } from '../../database/handles.ts'
import { lockGroups } from '../lock-group.ts'
import type { PlannedPerson } from './plan-import.ts'

/**
 * Why these groups take in nobody from a list any more, by their id: a long list takes a while, and what a group was when
 * it was read it may not be now. They stay as they are until this transaction is over.
 */
export async function findGroupProblems(
  tx: Tx<'userGroup'>,
  people: readonly Pick<PlannedPerson, 'groups'>[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map(people.flatMap(({ groups }) => groups.map(({ id, name }) => [id, name] as const)))
  const ids = [...wanted.keys()]
  if (ids.length === 0) return new Map()
  await lockGroups(tx, ids)
  const rows = await tx
    .selectFrom('userGroup')
    .select(['id', 'managedBy', 'organisationRole'])
    .where('id', 'in', ids)
    .execute()
  const here = new Map(rows.map((row) => [row.id, row]))
  const problems = new Map<string, string>()
  for (const [id, name] of wanted) {
    const group = here.get(id)
    if (group === undefined) problems.set(id, `The group ${name} is not here any more.`)
    else if (group.managedBy !== null) problems.set(id, `A directory keeps the members of ${name} by now.`)
    else if (group.organisationRole !== null)
      problems.set(id, `The group ${name} gives a role by now: put people in by hand.`)
  }
  return problems
}
