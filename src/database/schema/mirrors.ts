import type { Id } from '../id.ts'
import type { Flag, Strength } from './scales.ts'

/** The tables that `mirrors/` writes. */
export interface MirrorsTables {
  repositoryImport: RepositoryImportTable
  mirror: MirrorTable
  mirrorRef: MirrorRefTable
}

/** A repository that comes from another server. One row for each; a retry begins it anew. */
export interface RepositoryImportTable {
  id: Id<'imp'>
  repositoryId: Id<'rep'>
  /** Without any credential. */
  url: string
  username: string
  /** Closed, over SSH a private key; emptied when it is done. */
  passwordBox: string | null
  /** Over SSH, what the server must show: its public key's line, or a fingerprint; null until it was seen. */
  hostKey: string | null
  state: 'waiting' | 'running' | 'done' | 'failed' | 'interrupted'
  phase: 'waiting' | 'connecting' | 'counting' | 'receiving' | 'resolving' | 'checking' | 'large-files' | 'landing'
  objectsDone: number
  objectsTotal: number
  bytes: number
  bytesPerSecond: number
  /** Of a failure: a stable code, and a sentence. */
  problemCode: string | null
  problem: string | null
  /** JSON: what came, and what did not; null until done. */
  result: string | null
  /** Set by whoever wants it to stop, on any node. */
  isCancelled: Flag
  createdBy: Id<'usr'>
  /** The credential it was asked with, for the ref updates. */
  method: string
  strength: Strength
  /** Of whoever asked, or tried again; null where it was asked before this was written. */
  address: string | null
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
  /** Written every few seconds by the node that works on it. */
  beatAt: number
}

/** Another server to which a repository is pushed whenever it changes. */
export interface MirrorTable {
  id: Id<'mir'>
  repositoryId: Id<'rep'>
  /** Without any credential. */
  url: string
  username: string
  /** Closed; over SSH a private key. */
  passwordBox: string | null
  /** Over SSH, what the server must show: its public key's line, or a fingerprint; null until it was seen. */
  hostKey: string | null
  /** JSON list of patterns of branch names; empty: all of them. */
  branches: string
  /** Whether what somebody pushed there directly is overwritten. */
  overwrites: Flag
  isActive: Flag
  createdBy: Id<'usr'>
  /** Who looks after it; null: whoever made it. */
  stewardId: Id<'usr'> | null
  /** The steward's access has ended: by then somebody must have kept it, or it is switched off. Null: nothing to do. */
  adoptBy: number | null
  createdAt: number
  /** The next attempt; taking it moves this on, so that no other node takes it too. */
  dueAt: number
  /** Since when something waits to be mirrored; null where nothing does. */
  wantedAt: number | null
  startedAt: number | null
  succeededAt: number | null
  /** Failures in a row. */
  failures: number
  problemCode: string | null
  problem: string | null
}

/** Where a ref of the other server was left last: what is found there later and is not this, somebody else pushed. */
export interface MirrorRefTable {
  mirrorId: Id<'mir'>
  ref: string
  oid: string
}
