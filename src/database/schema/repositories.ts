import type { Id } from '../id.ts'
import type { Flag, RepositoryRole, Strength } from './scales.ts'

/** The tables that `repositories/` writes. */
export interface RepositoriesTables {
  project: ProjectTable
  repository: RepositoryTable
  formerPath: FormerPathTable
  roleGrant: RoleGrantTable
  protectedBranch: ProtectedBranchTable
  revokedKey: RevokedKeyTable
  standingSeal: StandingSealTable
  refUpdate: RefUpdateTable
  pushCertificate: PushCertificateTable
  heldPush: HeldPushTable
  branchLease: BranchLeaseTable
  lfsLock: LfsLockTable
}

export interface ProjectTable {
  id: Id<'prj'>
  /** Case-folded unique. */
  name: string
  description: string
  isDemo: Flag
  createdAt: number
  createdBy: Id<'usr'>
}

export interface RepositoryTable {
  id: Id<'rep'>
  projectId: Id<'prj'>
  name: string
  description: string
  visibility: 'private' | 'internal' | 'public'
  defaultBranch: string
  /** Opaque name of the bare repository below the data folder. */
  folder: string
  /** The next pull request's number. */
  nextNumber: number
  pushedAt: number | null
  createdAt: number
  createdBy: Id<'usr'>
}

/**
 * A former path, lower case `project/name`: it still leads to its repository. Where that has been deleted, or its project
 * too, the row stays, so that the path does not become somebody else's.
 */
export interface FormerPathTable {
  path: string
  repositoryId: Id<'rep'>
  projectId: Id<'prj'>
  /** Who deleted what lay there, the project after the repository. */
  leftBy: Id<'usr'> | null
}

/** Somebody's word that they work on a file, which git-lfs asks for before a push. */
export interface LfsLockTable {
  id: Id<'lck'>
  repositoryId: Id<'rep'>
  /** As in a tree: `assets/cover.psd`. One lock each. */
  path: string
  lockedAt: number
  lockedBy: Id<'usr'>
}

export interface RoleGrantTable {
  subjectKind: 'user' | 'group'
  subjectId: Id<'usr'> | Id<'grp'>
  scopeKind: 'project' | 'repository'
  scopeId: Id<'prj'> | Id<'rep'>
  role: RepositoryRole
  createdAt: number
  createdBy: Id<'usr'>
}

export interface ProtectedBranchTable {
  repositoryId: Id<'rep'>
  /** Full ref name. */
  ref: string
  /** Where protection began: every later first-parent commit must be proven. */
  baselineOid: string
  /** The seal over that start; null while nobody has sealed it. */
  protectSealId: Id<'sea'> | null
  /** Refuse, before the tap, credentials whose signature stock git cannot check. */
  stockVerifiableOnly: Flag
  /** JSON: what else it takes to change this branch, see `repositories/branch-rule.ts`. */
  rule: string
  createdAt: number
  createdBy: Id<'usr'>
}

/** A key that may be in wrong hands, as the person said when they ended it. */
export interface RevokedKeyTable {
  credentialRecordId: Id<'crd'>
  createdAt: number
}

/** What stands of such a key: the seals that counted when that was said. Never changed, so that nobody adds one later. */
export interface StandingSealTable {
  credentialRecordId: Id<'crd'>
  sealId: Id<'sea'>
}

/** A ref about to move or moved. Start-up reconciles `prepared` rows with what git holds. */
export interface RefUpdateTable {
  id: Id<'upd'>
  /** One push moves many refs; they share this. */
  batchId: string
  repositoryId: Id<'rep'>
  ref: string
  oldOid: string
  newOid: string
  actorId: Id<'usr'>
  /** Which credential the actor used, e.g. `token tok_…` or `seal sea_…`. */
  method: string
  strength: Strength
  sealId: Id<'sea'> | null
  pullRequestId: Id<'prq'> | null
  /** The signed commit, base64, for a merge: enough to finish it after a crash. */
  commitBytes: string | null
  state: 'prepared' | 'done' | 'abandoned'
  createdAt: number
  finishedAt: number | null
}

/** What `git push --signed` signed. Kept for good, so that it can be shown to anybody later. */
export interface PushCertificateTable {
  /** Of the ref updates that came with it. */
  batchId: string
  repositoryId: Id<'rep'>
  /** Whose registered key signed it; null where nobody registered that key, and for GPG. */
  signerId: Id<'usr'> | null
  sshKeyId: Id<'ssk'> | null
  /** As it was called then. */
  keyName: string | null
  /** Null for GPG and other signatures that are not judged here. */
  fingerprint: string | null
  /** What a security key said of itself; null for a key that lies in a file. */
  userPresence: Flag | null
  userVerification: Flag | null
  /** As how strong a tap it counts; null where it counts for nothing. */
  strength: Strength | null
  /** SHA-256, hex, of the signed bytes: each certificate is good once. */
  digest: string
  /** The whole certificate with its signature. */
  content: string
  receivedAt: number
}

/** A push that waits, or waited, for its person's tap. Until it ends its objects lie in git's quarantine. */
export interface HeldPushTable {
  requestId: Id<'srq'>
  repositoryId: Id<'rep'>
  ref: string
  oldOid: string
  newOid: string
  /** Name of the quarantine in the repository's object folder. */
  quarantine: string
  actorId: Id<'usr'>
  /** The node that holds it open; null where it was held before this was written. */
  nodeId: string | null
  createdAt: number
  endedAt: number | null
  outcome: HeldOutcome | null
}

/** `overtaken`: the branch, a rule or the person's access changed meanwhile. `stopped`: the server ended first. */
export type HeldOutcome = 'sealed' | 'refused' | 'timed-out' | 'withdrawn' | 'overtaken' | 'gone' | 'stopped' | 'failed'

/** Held for 60 s while somebody taps, so that two people do not race for one branch. */
export interface BranchLeaseTable {
  repositoryId: Id<'rep'>
  ref: string
  userId: Id<'usr'>
  expiresAt: number
  /** JSON: since when others ask for it, by their id. */
  waiting: string
}
