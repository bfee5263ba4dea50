import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { setKeptGroups } from '../../identity/kept-groups.ts'
import type { User } from '../../identity/users.ts'
import type { Provider } from './openid.ts'
import type { ProvenIdentity } from './proven-identity.ts'
import { groupMapOf } from './providers.ts'

/** The groups of today, of those alone that this provider keeps. Where it does not say, they stay as they were. */
export async function syncGroups(
  tx: Tx<TableName>,
  { provider, identity, user, at }: { provider: Provider; identity: ProvenIdentity; user: User; at: number },
): Promise<void> {
  const { groups } = identity
  if (!groups) return
  const map = groupMapOf(provider)
  const names = new Set([...groups].flatMap((there) => map.get(there) ?? []))
  const { added, removed } = await setKeptGroups(tx, { userId: user.id, managedBy: provider.id, names, at })
  if (added.length === 0 && removed.length === 0) return
  await recordEvent(tx, {
    action: 'identity.groups-changed',
    actor: null,
    method: 'upstream',
    target: { kind: 'user', id: user.id },
    facts: {
      person: user.username,
      personId: user.id,
      provider: provider.name,
      added: added.join(', '),
      removed: removed.join(', '),
    },
    at,
  })
}
