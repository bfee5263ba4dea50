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
