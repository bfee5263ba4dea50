import { namePerson } from '../audit/name-person.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { WebhookTable } from '../database/schema.ts'
import { conflict, nothingLeft } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { findUserById } from '../identity/users.ts'
import { switchOff, type TellOwner } from './switch-off.ts'

/** Somebody looks after it from now on, and it goes on. @throws 409 where it waits for nobody */
export async function keepWebhook(
  { database }: { database: Database },
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id, url }: WebhookTable,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const { numUpdatedRows } = await tx
      .updateTable('webhook')
      .set({ stewardId: caller.id, adoptBy: null })
      .where('id', '=', id)
      .where('adoptBy', 'is not', null)
      .executeTakeFirst()
    if (Number(numUpdatedRows) !== 1)
      throw conflict('not-left-behind', 'Somebody looks after this webhook already.', { help: nothingLeft })
    await recordEvent(tx, {
      action: 'webhook.kept',
      actor: actorOf(caller, seal),
      target: { kind: 'webhook', id },
      repositoryId: place.repository.id,
      facts: { repository: place.path, webhook: id, host: new URL(url).host, seal: seal.id },
      at: now(),
    })
  })
}

/** Switches off what nobody has kept in time. Safe to repeat, and to run on several nodes. */
export async function switchOffUnkept(
  database: Database,
  { at, tell }: { at: number; tell: TellOwner },
): Promise<void> {
  const due = await database.read.selectFrom('webhook').select('id').where('adoptBy', '<=', at).execute()
  for (const { id } of due)
    await database.write(async (tx) => {
      const row = await tx
        .updateTable('webhook')
        .set({ adoptBy: null })
        .where('id', '=', id)
        .where('adoptBy', '<=', at)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined || row.isActive === 0) return
      const person = await findUserById(tx, row.stewardId ?? row.createdBy)
      const reason = 'whoever looked after it has left, and nobody kept it'
      await switchOff(tx, row, { reason, at, tell, named: namePerson('person', person) })
    })
}
