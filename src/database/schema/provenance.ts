import type { Id } from '../id.ts'

/** The tables that `provenance/` writes. */
export interface ProvenanceTables {
  sourceAttestation: SourceAttestationTable
  branchControl: BranchControlTable
}

/** What the instance says of one change of a protected branch, each a signed DSSE envelope. */
export interface SourceAttestationTable {
  refUpdateId: Id<'upd'>
  repositoryId: Id<'rep'>
  ref: string
  oid: string
  /** Of the SLSA source track. */
  level: number
  provenance: string
  summary: string
  createdAt: number
}

/** Since which commit a control of a protected branch holds without a gap; a gap ends it. */
export interface BranchControlTable {
  repositoryId: Id<'rep'>
  ref: string
  name: string
  sinceOid: string
  startedAt: number
  endedAt: number | null
}
