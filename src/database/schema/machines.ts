import type { Id } from '../id.ts'

/** The tables that `machines/` writes. */
export interface MachinesTables {
  deployKey: DeployKeyTable
  workloadTrust: WorkloadTrustTable
  workloadRun: WorkloadRunTable
  workloadToken: WorkloadTokenTable
  workloadRefusal: WorkloadRefusalTable
}

/** A key over SSH that belongs to one repository and to no person. Its successor is a row of its own. */
export interface DeployKeyTable {
  id: Id<'dpk'>
  repositoryId: Id<'rep'>
  /** The actor of what it does, of the kind `system`: the same for a key and whatever follows it. */
  userId: Id<'usr'>
  name: string
  /** In wire form, base64. */
  publicKey: string
  /** `ssh-ed25519` and so on. */
  keyType: string
  /** `SHA256:…`; of those that have not ended, each is there once. */
  fingerprint: string
  access: 'read' | 'write'
  createdAt: number
  createdBy: Id<'usr'>
  /** Who looks after it. */
  stewardId: Id<'usr'>
  /** The steward's access has ended: by then somebody must have kept it, or it ends. Null: nothing to do. */
  adoptBy: number | null
  /** Ends by itself then: because its time is over, or because its successor should be in use by then. */
  expiresAt: number
  /** When `expiresAt` was settled: nobody is warned earlier of what is sooner than that. */
  expirySetAt: number
  /** A new key is due after so many days, and both may be used for so many. Null both: it is never replaced by itself. */
  rotateEveryDays: number | null
  overlapDays: number | null
  /** That a new key is due has been told. */
  dueToldAt: number | null
  /** The last warning of its end was that many days before. */
  warnedDays: number | null
  predecessorId: Id<'dpk'> | null
  /** Takes its place; while that was never used, this one goes on. */
  successorId: Id<'dpk'> | null
  lastUsedAt: number | null
  lastUsedFrom: string | null
  endedAt: number | null
  /** Why it ended: somebody did it, another took its place, its time was over, nobody kept it, or it is a person's own. */
  endedBy: 'person' | 'rotation' | 'expiry' | 'left-behind' | 'owner' | null
}

/** What a pipeline must prove, by a token that its own issuer signed, to come into one repository without a secret. */
export interface WorkloadTrustTable {
  id: Id<'wlt'>
  repositoryId: Id<'rep'>
  /** The actor of what its pipelines do, of the kind `system`. */
  userId: Id<'usr'>
  name: string
  /** Whose claims these are, which decides what names a pipeline’s home. */
  shape: 'github' | 'gitlab' | 'bitbucket' | 'other'
  /** As the tokens say it, byte for byte. */
  issuer: string
  /** JSON Web Key Set, where the issuer cannot be asked for it from here; null: it is asked. */
  keys: string | null
  audience: string
  /** JSON list of claim and value, all of which must hold; in a value `*` may stand for some characters. */
  conditions: string
  access: 'read' | 'write' | 'status'
  /** Of each token, and of a whole run with all its renewals. */
  lifetimeMinutes: number
  runHours: number
  createdAt: number
  createdBy: Id<'usr'>
  /** Who looks after it. */
  stewardId: Id<'usr'>
  /** The steward's access has ended: by then somebody must have kept it, or it ends. Null: nothing to do. */
  adoptBy: number | null
  lastUsedAt: number | null
  /** Who came last, as the issuer called them. */
  lastSubject: string | null
  endedAt: number | null
}

/** One run of a pipeline: from the token it traded to the last that was made of it. */
export interface WorkloadRunTable {
  trustId: Id<'wlt'>
  /** SHA-256 of what makes the traded token the one it is, base64url: it is traded once. */
  proof: string
  subject: string
  startedAt: number
  /** No token of this run lives longer. */
  endsAt: number
  /** The newest: it alone can be renewed. */
  tokenId: Id<'tok'>
  /** The traded token cannot come again after then. */
  forgetAt: number
}

/** Which run an API token was made in. */
export interface WorkloadTokenTable {
  tokenId: Id<'tok'>
  trustId: Id<'wlt'>
  proof: string
}

/** What came to a repository and was refused, so that somebody can see why; the same again is counted. */
export interface WorkloadRefusalTable {
  repositoryId: Id<'rep'>
  /** SHA-256 of what was refused and why, base64url. */
  digest: string
  /** A pipeline's trust that it came close to; null: none of this issuer. */
  trustId: Id<'wlt'> | null
  issuer: string
  /** As the issuer called it; null: nothing that it says was proven. */
  subject: string | null
  /** A sentence. */
  reason: string
  count: number
  firstAt: number
  lastAt: number
  /** When the ledger was told last. */
  toldAt: number
}
