import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Strength, Time } from '../../http/shapes.ts'

/** A commit's or tag's own signature, beside what the server knows of how it came here. */
export const CommitSignature = Type.Object({
  state: Type.Union([
    Type.Literal('registered'), // by a key somebody registered for signing
    Type.Literal('doubtful'), // by a registered key, but it does not count
    Type.Literal('unregistered'),
    Type.Literal('unjudged'), // GPG, X.509
    Type.Literal('broken'),
  ]),
  /** “Signed with Ana’s security key “blue”, touched, with PIN”. */
  label: Type.String(),
  remarks: Type.Array(Type.String()),
  by: Nullable(PersonRef),
  keyName: Nullable(Type.String()),
  fingerprint: Nullable(Type.String()),
  /** Null for a key that lies in a file. */
  isTouched: Nullable(Type.Boolean()),
  withPin: Nullable(Type.Boolean()),
  /** Whether the committer it names is whoever has the key; null where nobody is known to have it. */
  isOwnAddress: Nullable(Type.Boolean()),
})
export type CommitSignature = Static<typeof CommitSignature>

/** That a branch or tag was moved to a commit by `git push --signed`. */
export const SignedPushView = Type.Object({
  /** “Signed push with Ana’s security key “stick”, touched”. */
  label: Type.String(),
  by: Nullable(PersonRef),
  keyName: Nullable(Type.String()),
  fingerprint: Nullable(Type.String()),
  withPin: Nullable(Type.Boolean()),
  /** As how strong a tap it counted; null where it counted for nothing. */
  strength: Nullable(Strength),
  /** SHA-256, hex, of what was signed; the certificate is found by it. */
  digest: Type.String(),
  receivedAt: Time,
})
export type SignedPushView = Static<typeof SignedPushView>
