import type { Id } from '../id.ts'

/** The tables that `guardrails/` writes. */
export interface GuardrailsTables {
  policyChange: PolicyChangeTable
}

/** One change of the policy, in force or not. The policy in force is the one with the highest version. */
export interface PolicyChangeTable {
  id: Id<'pol'>
  /** Given when it is applied; unique, so that of two changes at once one wins. */
  version: number | null
  /** The version it was made from. */
  basedOn: number
  state: 'waiting' | 'applied' | 'withdrawn' | 'overtaken'
  /** JSON, projects and repositories by id. */
  policy: string
  digest: string
  /** Null: the operator of the machine. */
  proposedBy: Id<'usr'> | null
  sealId: Id<'sea'> | null
  approvedBy: Id<'usr'> | null
  approvalSealId: Id<'sea'> | null
  createdAt: number
  decidedAt: number | null
}
