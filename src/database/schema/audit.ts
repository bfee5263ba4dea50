import type { Generated } from 'kysely'
import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `audit/` writes. */
export interface AuditTables {
  auditEvent: AuditEventTable
  auditPersonal: AuditPersonalTable
  ledgerHead: LedgerHeadTable
  ledgerTile: LedgerTileTable
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

/** One row: the tree as it stands. */
export interface LedgerHeadTable {
  id: number
  /** Of the log, for ever: the address that the instance had when it began. */
  name: string
  /** Events in it. */
  size: number
  /** base64, 32 bytes. */
  root: string
  at: number
  /** What everybody is shown where witnesses are named; null where they see the tree as it stands. */
  publishedSize: number | null
  publishedRoot: string | null
  publishedAt: number | null
  /** Lines of witnesses below that checkpoint. */
  cosignatures: Generated<string>
}

/** C2SP tlog-tiles: up to 256 hashes of complete subtrees of 256^level events each. */
export interface LedgerTileTable {
  level: number
  position: number
  /** base64, 32 bytes each. */
  hashes: string
}
