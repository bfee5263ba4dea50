import type { DeployKeyTable } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { getSetting } from '../../identity/settings.ts'
import { checkLifetime, dayMs, daysOf } from './lifetime.ts'
import type { DeployKeyParts } from './parts.ts'
import { recordKeyEvent } from './record.ts'
import type { DeployKeyChanges } from './shapes.ts'

/**
 * Another name, or another end: counted from now, where the key has been there longer than its new rotation asks for.
 * @throws 409 while a successor waits, 422
 */
export async function changeDeployKey(
  { database }: DeployKeyParts,
  { caller, takeSeal, now }: Act,
  key: DeployKeyTable,
  { name = key.name, lifetime }: DeployKeyChanges,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    if (lifetime !== undefined && key.successorId !== null)
      throw conflict('successor-waits', 'A new key takes the place of this one already.', {
        help: 'Change the new one, or end it first.',
      })
    if (lifetime !== undefined) checkLifetime(lifetime, await getSetting(tx, 'deployKeyDays'))
    const rotation = lifetime?.rotation ?? null
    const expiresAt =
      lifetime === undefined
        ? key.expiresAt
        : rotation === null
          ? at + daysOf(lifetime) * dayMs
          : Math.max(key.createdAt + daysOf(lifetime) * dayMs, at + rotation.overlapDays * dayMs)
    const changed = await tx
      .updateTable('deployKey')
      .set({
        name,
        ...(lifetime === undefined
          ? {}
          : {
              expiresAt,
              expirySetAt: at,
              warnedDays: null,
              dueToldAt: null,
              rotateEveryDays: rotation?.everyDays ?? null,
              overlapDays: rotation?.overlapDays ?? null,
            }),
      })
      .where('id', '=', key.id)
      .where('endedAt', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (changed === undefined) throw conflict('key-ended', 'This deploy key has ended.', { help: 'Add a new one.' })
    await recordKeyEvent(tx, 'deploy-key.changed', changed, {
      actor: actorOf(caller, seal),
      at,
      facts: {
        formerName: key.name,
        formerExpiresAt: key.expiresAt,
        expiresAt,
        everyDays: changed.rotateEveryDays ?? 0,
        overlapDays: changed.overlapDays ?? 0,
        seal: seal.id,
      },
    })
  })
}
