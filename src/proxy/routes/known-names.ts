import type { Db } from '../../database/handles.ts'
import type { RouteSurroundings } from './check-route.ts'

/** What routes can name: groups, and connectors that have not ended. */
export async function readKnownNames(
  db: Db<'userGroup' | 'connector'>,
): Promise<Pick<RouteSurroundings, 'groups' | 'connectors'>> {
  const groups = await db.selectFrom('userGroup').select('name').execute()
  const connectors = await db.selectFrom('connector').select('name').where('endedAt', 'is', null).execute()
  return { groups: new Set(groups.map(({ name }) => name)), connectors: new Set(connectors.map(({ name }) => name)) }
}
