import { type Static, Type } from 'typebox'
import { Nullable, OneLine, Strength, Time } from '../../http/shapes.ts'

export const SshKeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** `ssh-ed25519` and so on. */
  type: Type.String(),
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: Type.String(),
  /** The line of its `.pub` file, without a comment. */
  line: Type.String(),
  forLogin: Type.Boolean(),
  forSigning: Type.Boolean(),
  isSecurityKey: Type.Boolean(),
  /** What it counts for over SSH when it is touched and given its PIN; a key in a file counts for one thing only. */
  strength: Strength,
  /** Of a security key whose maker vouched for it, and is known. */
  model: Nullable(Type.String()),
  /** Why the rules of today do not let it in; null where they do. */
  refused: Nullable(Type.String()),
  createdAt: Time,
  expiresAt: Nullable(Time),
  lastUsedAt: Nullable(Time),
  lastUsedFrom: Nullable(Type.String()),
})
export type SshKeyView = Static<typeof SshKeyView>

export const SshKeyList = Type.Object({
  items: Type.Array(SshKeyView),
  /** What a new key signs, or is made for: it says whose it is, and where. One line, without its end. */
  statement: Type.String(),
  /** Under which name it is signed: `ssh-keygen -Y sign -n …`. */
  namespace: Type.String(),
})
export type SshKeyList = Static<typeof SshKeyList>

/** For administrators: what it is and what it is worth, not from where its person comes. */
export const SshKeyOfPerson = Type.Omit(SshKeyView, ['line', 'refused', 'lastUsedFrom'])
export type SshKeyOfPerson = Static<typeof SshKeyOfPerson>

export const NewSshKey = Type.Object(
  {
    name: OneLine(100),
    /** The line of a `.pub` file. */
    publicKey: Type.String({ minLength: 1, maxLength: 20_000 }),
    /** Of them at least one. */
    forLogin: Type.Boolean(),
    forSigning: Type.Boolean(),
    /** Null: for as long as its person has access. */
    expiresInDays: Nullable(Type.Integer({ minimum: 1, maximum: 3650 })),
    /** That whoever adds it has it. Either the armored signature of the statement, */
    signature: Type.Optional(Type.String({ maxLength: 20_000 })),
    /** or, for a security key of a known maker that was made for it, the file of `-O write-attestation`, in base64. */
    attestation: Type.Optional(Type.String({ maxLength: 20_000 })),
  },
  { additionalProperties: false },
)
export type NewSshKey = Static<typeof NewSshKey>
