import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { EndCause, TableName } from '../../database/schema.ts'
import { countOwners } from '../count-owners.ts'
import type { User } from '../users.ts'

/** Says loudly that nobody owns the instance any more, where an owner's end has left it so, whatever ended them (decision 38). */
export async function recordOwnerless(
  tx: Tx<TableName>,
  {
    user,
    cause,
    end,
    actor,
    at,
  }: { user: User; cause: EndCause; end: Id<'end'>; actor: AuditActor | null; at: number },
): Promise<void> {
  if ((await countOwners(tx)) > 0) return
  await recordEvent(tx, {
    action: 'instance.ownerless',
    actor,
    target: { kind: 'user', id: user.id },
    facts: { person: user.username, cause, end },
    at,
  })
}
