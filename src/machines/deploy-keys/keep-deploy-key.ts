import { conflict, nothingLeft } from '../../http/problem.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import type { DeployKeyParts } from './parts.ts'
import { recordKeyEvent } from './record.ts'

/** Somebody looks after it and what follows it from now on, and it goes on. @throws 409 where it waits for nobody */
export async function keepDeployKey(
  { database }: DeployKeyParts,
  { caller, takeSeal, now }: Act,
  key: DeployKeyTable,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const kept = await tx
      .updateTable('deployKey')
      .set({ stewardId: caller.id, adoptBy: null })
      .where('userId', '=', key.userId)
      .where('adoptBy', 'is not', null)
      .where('endedAt', 'is', null)
      .returningAll()
      .execute()
    if (kept.length === 0)
      throw conflict('not-left-behind', 'Somebody looks after this deploy key already.', { help: nothingLeft })
    await recordKeyEvent(tx, 'deploy-key.kept', key, {
      actor: actorOf(caller, seal),
      at: now(),
      facts: { seal: seal.id },
    })
  })
}
