import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { countHoldings, nothing } from './count-holdings.ts'
import { letGo, letGoOfGroups } from './let-go.ts'
import { holdConnection } from './list-connections.ts'
import type { Disconnection } from './shapes.ts'

/**
 * Ends a connection: its tokens stop at once, its groups are kept here from now on. Its people stay and nobody manages
 * them; or their access ends, which `createWindingUp` does one by one, because thousands at once would hold everybody up.
 */
export async function disconnect(
  database: Database,
  { caller, takeSeal, now }: Act,
  id: string,
  { people }: Disconnection,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = await holdConnection(database, tx, id)
    const holds = (await countHoldings(tx)).get(row.id) ?? nothing
    const isEnding = people === 'end' && holds.people > 0
    await tx
      .updateTable('directoryConnection')
      .set({
        endedAt: at,
        endedBy: caller.id,
        endSealId: seal.id,
        endsPeople: isEnding ? 1 : 0,
        requiredGroupId: null,
        formerTokenHash: null,
        formerTokenUntil: null,
      })
      .where('id', '=', row.id)
      .execute()
    await (isEnding ? letGoOfGroups : letGo)(tx, row.id)
    await recordEvent(tx, {
      action: 'directory.disconnected',
      actor: actorOf(caller, seal),
      target: { kind: 'directory', id: row.id },
      facts: {
        connection: row.name,
        people: holds.people,
        groups: holds.groups,
        becomes: people === 'stay' ? 'they stay' : 'their access ends',
        seal: seal.id,
      },
      at,
    })
  })
}
