import type { ApplicationKinds } from '../applications/application-kind.ts'
import { listApplications } from '../applications/application.ts'
import { type Decided, endApplication } from '../applications/changing.ts'
import { kindOf } from '../applications/views.ts'
import type { Db, Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'

/** Tools that the example people set up, and that have not ended. */
export async function listDemoTools(db: Db<'application' | 'applicationGroup' | 'user'>) {
  const people = await db.selectFrom('user').select('id').where('isDemo', '=', 1).execute()
  const ids = new Set(people.map(({ id }) => id))
  return (await listApplications(db)).filter(({ createdBy }) => createdBy !== null && ids.has(createdBy))
}

export async function endDemoTools(tx: Tx<TableName>, kinds: ApplicationKinds, decided: Decided): Promise<void> {
  for (const application of await listDemoTools(tx))
    await endApplication(tx, kindOf(kinds, application.kind), application, decided)
}
