import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../http/shapes.ts'
import { TakesFormerName } from '../repositories/shapes.ts'

const Url = Type.String({ minLength: 1, maxLength: 2_000 })
// What stands behind the first colon in HTTP's Basic scheme; a user name must not hold one. RFC 7617 §2
export const RemoteUsername = Type.String({ maxLength: 255, pattern: '^[^:\\p{Cc}\\p{Cs}]*$' })
export const Password = Type.String({ maxLength: 4_000, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })
/** A private key without passphrase, as ssh-keygen writes it, for `ssh://user@host/path` and `user@host:path`. */
const SshKey = Type.String({ maxLength: 16_000, pattern: '^[\\x20-\\x7e\\r\\n]*$' })
/** What the other server must show: a line of `known_hosts`, or a fingerprint `SHA256:…`; empty: what it shows first. */
const HostKey = Type.String({ maxLength: 16_000, pattern: '^[\\x20-\\x7e\\r\\n\\t]*$' })

const Visibility = Type.Union([Type.Literal('private'), Type.Literal('internal'), Type.Literal('public')])

/** A name, an address, and how to come in there. The password or key is kept closed, for retries, until the import is done. */
export const NewImport = Type.Object(
  {
    name: Type.String({ maxLength: 64 }),
    description: Type.Optional(Type.String({ maxLength: 500 })),
    url: Url,
    username: Type.Optional(RemoteUsername),
    password: Type.Optional(Password),
    sshKey: Type.Optional(SshKey),
    hostKey: Type.Optional(HostKey),
    visibility: Type.Optional(Visibility),
    takesFormerName: TakesFormerName,
  },
  { additionalProperties: false },
)
export type NewImport = Static<typeof NewImport>

/** Left out: as they were. */
export const ImportRetry = Type.Object(
  {
    username: Type.Optional(RemoteUsername),
    password: Type.Optional(Password),
    sshKey: Type.Optional(SshKey),
    hostKey: Type.Optional(HostKey),
  },
  { additionalProperties: false },
)
export type ImportRetry = Static<typeof ImportRetry>

export const RemoteProblem = Type.Object({ code: Type.String(), sentence: Type.String() })
export type RemoteProblem = Static<typeof RemoteProblem>

export const ImportResult = Type.Object({
  branches: Type.Integer(),
  tags: Type.Integer(),
  /** Null where the other repository has no branch at all. */
  defaultBranch: Nullable(Type.String()),
  bytes: Type.Integer(),
  /** Pointers of Git LFS that came as they are. Null where there were too many files to look for them. */
  lfsPointers: Nullable(Type.Integer()),
  /** Of the files that they name, how many came, and why others did not. Left out where that was never tried. */
  lfs: Type.Optional(
    Type.Object({
      brought: Type.Integer(),
      bytes: Type.Integer(),
      missing: Type.Integer(),
      reason: Nullable(Type.String()),
    }),
  ),
  /** Names that are not used here: the first of them, and how many there are. */
  leftOut: Type.Array(Type.String()),
  leftOutCount: Type.Integer(),
})
export type ImportResult = Static<typeof ImportResult>

export const ImportView = Type.Object({
  id: Type.String(),
  project: Type.String(),
  repository: Type.String(),
  url: Type.String(),
  username: Type.String(),
  /** Over SSH: the fingerprint of the other server’s key; null until it was seen, where none was given. */
  hostKey: Nullable(Type.String()),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('interrupted'),
  ]),
  phase: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('connecting'),
    Type.Literal('counting'),
    Type.Literal('receiving'),
    Type.Literal('resolving'),
    Type.Literal('checking'),
    Type.Literal('large-files'),
    Type.Literal('landing'),
  ]),
  /** Of the phase; 0 of 0 where nobody knows. */
  objectsDone: Type.Integer(),
  objectsTotal: Type.Integer(),
  bytes: Type.Integer(),
  bytesPerSecond: Type.Integer(),
  problem: Nullable(RemoteProblem),
  result: Nullable(ImportResult),
  createdAt: Time,
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
})
export type ImportView = Static<typeof ImportView>

const Branches = Type.Array(Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\p{Cc}\\p{Cs}\\s]+$' }), {
  maxItems: 50,
})

export const NewMirror = Type.Object(
  {
    url: Url,
    username: Type.Optional(RemoteUsername),
    password: Type.Optional(Password),
    sshKey: Type.Optional(SshKey),
    hostKey: Type.Optional(HostKey),
    /** Names of branches, in which `*` stands for anything; none: all of them. */
    branches: Type.Optional(Branches),
    /** Whether what somebody pushed there directly is overwritten. */
    overwrites: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type NewMirror = Static<typeof NewMirror>

/** Left out: as it was. A password goes to the server it was given for: with another server's address it must be given anew. */
export const MirrorChange = Type.Object(
  {
    url: Type.Optional(Url),
    username: Type.Optional(RemoteUsername),
    password: Type.Optional(Password),
    sshKey: Type.Optional(SshKey),
    hostKey: Type.Optional(HostKey),
    branches: Type.Optional(Branches),
    overwrites: Type.Optional(Type.Boolean()),
    isActive: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type MirrorChange = Static<typeof MirrorChange>

export const MirrorView = Type.Object({
  id: Type.String(),
  url: Type.String(),
  username: Type.String(),
  /** Or, over SSH, a private key. */
  hasPassword: Type.Boolean(),
  /** Over SSH: the fingerprint of the other server’s key; null until it was seen, where none was given. */
  hostKey: Nullable(Type.String()),
  branches: Type.Array(Type.String()),
  overwrites: Type.Boolean(),
  isActive: Type.Boolean(),
  state: Type.Union([
    Type.Literal('off'),
    Type.Literal('running'),
    Type.Literal('failing'),
    /** Something waits to be mirrored. */
    Type.Literal('waiting'),
    Type.Literal('up-to-date'),
  ]),
  /** Since when something waits; null where nothing does. */
  wantedAt: Nullable(Time),
  succeededAt: Nullable(Time),
  nextAt: Nullable(Time),
  /** In a row. */
  failures: Type.Integer(),
  problem: Nullable(RemoteProblem),
  createdBy: Nullable(PersonRef),
  /** Who looks after it. */
  steward: Nullable(PersonRef),
  /** Their access has ended: by then somebody must keep it, or it is switched off. Null: nothing to do. */
  keepBy: Nullable(Time),
  createdAt: Time,
})
export type MirrorView = Static<typeof MirrorView>
