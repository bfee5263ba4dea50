import type { Readable } from 'node:stream'
import type { RefUpdateTable } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import type { GitAnswer } from './git-answer.ts'
import type { HoldParts } from './held-push-parts.ts'
import type { JudgeModel } from './commit-signatures/judge-certificate.ts'
import type { RepositoryPlace } from './place.ts'
import type { PushNonces } from './push-nonces.ts'
import type { ProposalParts } from './push-proposal.ts'
import type { RefDone, RefMoved } from './ref-updates.ts'

export interface PushParts extends HoldParts, ProposalParts {
  maxBlobBytes: number
  pushNonces: PushNonces
  judgeModel: JudgeModel
  onMoved?: RefMoved | undefined
  /** Runs in the transaction that says the refs have moved; the same function as `reconcile` gets. */
  onDone?: RefDone | undefined
  /** Runs before the pusher has their answer; never rejects. */
  afterPush?: ((place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>) | undefined
}

export interface Push {
  place: RepositoryPlace
  caller: Caller
  /** Unread. */
  body: Readable
  answer: GitAnswer
  /** The same caller as their credential proves them now; undefined, or thrown, where it no longer does. */
  recognise: () => Promise<Caller | undefined>
}
