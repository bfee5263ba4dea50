import { namePerson } from '../audit/name-person.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { MirrorTable } from '../database/schema.ts'
import { conflict, nothingLeft } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { findUserById } from '../identity/users.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { findPath } from '../repositories/stewards.ts'

/** Somebody looks after it from now on, and it goes on. @throws 409 where it waits for nobody */
export async function keepMirror(
  { database }: { database: Database },
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id, url }: MirrorTable,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const { numUpdatedRows } = await tx
      .updateTable('mirror')
      .set({ stewardId: caller.id, adoptBy: null })
      .where('id', '=', id)
      .where('adoptBy', 'is not', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1)
      throw conflict('not-left-behind', 'Somebody looks after this mirror already.', { help: nothingLeft })
    await recordEvent(tx, {
      action: 'mirror.kept',
      actor: actorOf(caller, seal),
      target: { kind: 'mirror', id },
      repositoryId: place.repository.id,
      facts: { repository: place.path, url, host: new URL(url).host, seal: seal.id },
      at: now(),
    })
  })
}

/** Switches off what nobody has kept in time. Safe to repeat, and to run on several nodes. */
export async function switchOffUnkept(database: Database, at: number): Promise<void> {
  const due = await database.read.selectFrom('mirror').select('id').where('adoptBy', '<=', at).execute()
  for (const { id } of due)
    await database.write(async (tx) => {
      const row = await tx
        .updateTable('mirror')
        .set({ adoptBy: null, isActive: 0 })
        .where('id', '=', id)
        .where('adoptBy', '<=', at)
        .where('isActive', '=', 1)
        .returningAll()
        .executeTakeFirst()
      const repository = row && (await findPath(tx, row.repositoryId))
      if (row === undefined || repository === undefined) return
      const { url, repositoryId } = row
      const { facts, personal } = namePerson('person', await findUserById(tx, row.stewardId ?? row.createdBy))
      await recordEvent(tx, {
        action: 'mirror.switched-off',
        actor: null,
        target: { kind: 'mirror', id },
        repositoryId,
        facts: { repository, url, host: new URL(url).host, ...facts },
        personal,
        at,
      })
    })
}
