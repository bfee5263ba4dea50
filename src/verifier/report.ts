import type { Deed, Level, ProvenLevel } from '../seals/format/agreement.ts'
import type { SealErrorCode } from '../seals/format/seal-error.ts'
import type { SealStrength } from '../seals/format/seal-record.ts'
import type { UpdateAction } from '../seals/format/statement.ts'
import type { SignerTrust } from '../seals/format/verify-signer-chain.ts'
import type { CannotJudgeCode } from './cannot-judge.ts'

/** What `--json` prints; normative in `docs/formats/seal.md`. Times are RFC 3339 UTC. */
export type Report = Judged | NotJudged

export interface NotJudged {
  version: 1
  verdict: 'cannot-judge'
  exitCode: 2
  error: { code: CannotJudgeCode; message: string }
}

export interface Judged {
  version: 1
  verdict: 'proven' | 'unproven'
  exitCode: 0 | 1
  repository: { id: string; url: string | null }
  ref: string
  tip: string
  start: Start
  /** The commit given by `--since`, where judging began. */
  since: string | null
  /** `root` is the first signer; `roots` are all that `--trust` pins, it first. */
  identities: { pinned: boolean; root: Root; roots: Root[] }
  counts: { proven: number; unproven: number; broken: number }
  /** SLSA's source track, the least over the changes; null where there is none to judge. */
  level: Level | null
  /** As `--level` asked for: less makes the exit code 1. */
  wantedLevel: ProvenLevel | null
  /** Newest first: every first-parent commit after the start, or after `since`. */
  changes: Change[]
  /** Those that a person made by a tap, or that say so, and those asked for with `--tag`; by name. */
  tags: Tag[]
  /** As `--tag` asked for: each must be proven, and stand where the branch is. */
  wantedTags: string[]
  /** Sentences that a reader of the verdict should know. */
  notes: string[]
}

export interface Root {
  username: string
  fingerprint: string
}

export interface Start {
  baseline: string
  /** Sealed by a person's tap, or only written down by the server. */
  state: 'sealed' | 'recorded'
  at: string
  by: string | null
  statementDigest: string | null
}

export type Tag = ProvenTag | UnprovenTag

export interface ProvenTag {
  /** Without `refs/tags/`. */
  name: string
  /** Of the tag itself. */
  oid: string
  state: 'proven'
  commit: string
  /** What the commit is to the branch: where its protection began, a change of it, or null for neither. */
  on: 'start' | Change['state'] | null
  taggedAt: string
  by: { username: string; displayName: string; principal: string; trust: SignerTrust }
  fingerprint: string
  /** As the server recorded it. */
  strength: SealStrength
  /** Whether `git verify-tag` can check it. */
  stockVerifiable: boolean
  origin: string
  policyDigest: string
  statementDigest: string
}

export interface UnprovenTag {
  name: string
  oid: string
  /** `broken` says that it was made by a tap and was not. */
  state: 'unproven' | 'broken'
  reason: SealErrorCode
  explanation: string
}

export type Change = ProvenChange | UnprovenChange

interface Commit {
  oid: string
  /** First line of the message, without control characters. */
  title: string
  committedAt: string | null
}

export interface ProvenChange extends Commit {
  state: 'proven'
  action: UpdateAction
  /** Null for a push. */
  pullRequest: string | null
  head: string
  /** What the tap stands for: a merge or squash for itself, another update for every commit after `base` up to `tip`. */
  update: { base: string; tip: string }
  level: ProvenLevel
  /** Who agreed before it landed, each person once; whoever moved the branch first. */
  people: Person[]
  /** Whether what came of it is what was approved; only then does an approval make the level 4. */
  landed: Landed
  /** Who looked at it afterwards. */
  confirmedBy: Person[]
  /** Approvals and confirmations that are about it and do not count. */
  notCounted: NotCounted[]
  by: { username: string; displayName: string; principal: string; trust: SignerTrust; endorsedBy: string | null }
  /** A tap on a page, or a push that was signed by a security key over SSH. */
  proof: 'seal' | 'signed-push'
  key: {
    fingerprint: string
    algorithm: 'ES256' | 'EdDSA' | 'RS256' | 'sk-ecdsa-sha2-nistp256@openssh.com' | 'sk-ssh-ed25519@openssh.com'
    /** As the server recorded it. */
    strength: SealStrength
    /** What the signed flags say. */
    userPresent: true
    userVerified: true
    /** Null for a key over SSH, which says nothing of it. */
    backupEligible: boolean | null
    backupState: boolean | null
    /** Whether stock git can check the commit's signature. */
    stockVerifiable: boolean
  }
  /** Null for a signed push, which is made on no page. */
  origin: string | null
  /** Of the rules that were in force, as the server told the person; null for a signed push, which names none. */
  policyDigest: string | null
  /** The address that a signed push was made to, and whether a tap says that it is this repository's; null for a seal. */
  pushedTo: { address: string | null; isNamed: boolean } | null
  issuedAt: string
  /** Of a signed push the digest of the bytes that were signed. */
  statementDigest: string
}

/**
 * `as-approved`: path by path, or exactly what merging the approved head gives. `otherwise`: something else came of it.
 * `head-missing`, `git-too-old`: why it could not be told. Null where nobody approved.
 */
export type Landed = 'as-approved' | 'otherwise' | 'head-missing' | 'git-too-old' | null

export interface Person {
  username: string
  principal: string
  did: Deed | 'confirmed'
  /** As the server recorded it. */
  strength: SealStrength
  /** Null for whoever signed a push. */
  origin: string | null
  statementDigest: string
}

export interface NotCounted {
  /** As the seal claims. */
  username: string
  did: 'approved' | 'confirmed'
  statementDigest: string
  reason: SealErrorCode | 'same-person'
  explanation: string
}

export interface UnprovenChange extends Commit {
  /** `broken` claims to be sealed and is not. */
  state: 'unproven' | 'broken'
  reason: SealErrorCode
  explanation: string
  /** Nobody proved it: this is only what the commit says. */
  claimedAuthor: string | null
  level: 1
  people: []
  confirmedBy: []
}
