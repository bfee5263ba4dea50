import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Strength, Time } from '../http/shapes.ts'

export const AuditEventView = Type.Object({
  id: Type.String(),
  occurredAt: Time,
  action: Type.String(),
  /** "Ana merged payments#12 with “YubiKey”, verified by the key". */
  sentence: Type.String(),
  actor: Nullable(PersonRef),
  target: Type.Object({ kind: Type.String(), id: Type.String() }),
  method: Type.String(),
  strength: Nullable(Strength),
  outcome: Type.Union([Type.Literal('done'), Type.Literal('refused')]),
  /** Exact leaf bytes, RFC 8785. */
  leaf: Type.String(),
})
export type AuditEventView = Static<typeof AuditEventView>

/** The tree over all events, as it stands. */
export const LedgerView = Type.Object({
  /** C2SP signed-note: name, id and Ed25519 key of the log, in one line. */
  key: Type.String(),
  /** Events in it. */
  size: Type.Integer(),
  /** base64 */
  root: Type.String(),
  at: Time,
})
export type LedgerView = Static<typeof LedgerView>

/** What shows, without the server, that one event stands in the tree: docs/formats/ledger.md. */
export const LedgerProof = Type.Object({
  leaf: Type.String(),
  leafIndex: Type.Integer(),
  /** Hashes beside the way to the root, base64, the lowest first: RFC 6962 §2.1.1. */
  proof: Type.Array(Type.String()),
  /** C2SP tlog-checkpoint, signed. */
  checkpoint: Type.String(),
})
export type LedgerProof = Static<typeof LedgerProof>
