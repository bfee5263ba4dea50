import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `audit/` writes. */
export interface AuditTables {
  auditEvent: AuditEventTable
  auditPersonal: AuditPersonalTable
}

/** One thing that happened. The leaf holds every fact of the decision; the other columns are its index. */
export interface AuditEventTable {
  id: Id<'evt'>
  occurredAt: number
  action: string
  actorId: Id<'usr'> | null
  targetKind: string
  targetId: string
  repositoryId: Id<'rep'> | null
  /** How the actor was known: `session`, `token`, `passkey`, `link`, `shell`, `system`. */
  method: string
  strength: Strength | null
  outcome: 'done' | 'refused'
  /** Exact leaf bytes, RFC 8785. */
  leaf: string
  /** The act that was judged, where the leaf holds a decision. */
  policyAct: string | null
  /** Position in the tree, given by the sequencer. */
  leafIndex: number | null
}

/** Names, addresses and mail of an event: in the leaf only as salted hashes, so that they can be erased. */
export interface AuditPersonalTable {
  eventId: Id<'evt'>
  field: string
  salt: string
  value: string
}
