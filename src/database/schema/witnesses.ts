import type { Id } from '../id.ts'
import type { Flag } from './scales.ts'

/** The tables that `witnesses/` writes. */
export interface WitnessesTables {
  witness: WitnessTable
  witnessRound: WitnessRoundTable
}

/** Somebody's program that cosigns checkpoints of the ledger, C2SP tlog-witness. */
export interface WitnessTable {
  id: Id<'wit'>
  /** As it stands in its key. */
  name: string
  /** C2SP signed-note verifier key, of cosignature/v1. */
  key: string
  /** `/add-checkpoint` stands below it. */
  url: string
  addedAt: number
  addedBy: Id<'usr'>
  /** Events of the last checkpoint that it cosigned; 0 where there is none. */
  cosignedSize: number
  /** When it said so, by its own clock. */
  cosignedAt: number | null
  /** Its line below that checkpoint. */
  cosignature: string
  /** Why it did not cosign when it was asked last, in a sentence. */
  problem: string | null
  problemSince: number | null
  /** It knows another past of the ledger than this one. */
  isContradicting: Flag
}

/** One row: of several nodes one asks the witnesses at a time. */
export interface WitnessRoundTable {
  id: number
  takenUntil: number
}
