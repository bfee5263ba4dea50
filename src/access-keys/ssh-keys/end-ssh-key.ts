import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { notFound } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'

/** Ends a key; what came in with it is cut when this has committed. @throws 404 */
export async function endSshKey(
  database: Database,
  { caller, takeSeal, now }: Act,
  { id, cut }: { id: string; cut: CutKey },
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const at = now()
    const ended = await tx
      .updateTable('sshKey')
      .set({ endedAt: at })
      .where('id', '=', id as Id<'ssk'>)
      .where('userId', '=', caller.id)
      .where('endedAt', 'is', null)
      .returning(['sshKey.id', 'name', 'fingerprint'])
      .executeTakeFirst()
    if (ended === undefined) throw notFound('This SSH key')
    await cut(tx, ended.id, at)
    await recordEvent(tx, {
      action: 'ssh-key.ended',
      actor: actorOf(caller, seal),
      target: { kind: 'ssh-key', id: ended.id },
      facts: { key: ended.name, fingerprint: ended.fingerprint, seal: seal.id },
      at,
    })
  })
}

/** Cuts what is open by a key, on each node, once the transaction has committed. */
export type CutKey = (tx: Tx<'busHead' | 'busMessage'>, id: Id<'ssk'>, at: number) => Promise<unknown>
