import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Strength, Time } from '../http/shapes.ts'

/** What is about to be signed, as the person reads it beside the tap. */
export const Facts = Type.Object({
  /** A sentence: "Merge payments#12 into main". */
  title: Type.String(),
  /** Labelled values in reading order. `kind` says how to show the value. */
  rows: Type.Array(
    Type.Object({
      label: Type.String(),
      value: Type.String(),
      kind: Type.Union([Type.Literal('text'), Type.Literal('oid'), Type.Literal('digest'), Type.Literal('time')]),
    }),
  ),
  /** A remark the person should read before tapping, e.g. that stock git cannot check this credential's signature. */
  warnings: Type.Array(Type.String()),
})
export type Facts = Static<typeof Facts>

export const SealRequestState = Type.Union([
  Type.Literal('open'),
  Type.Literal('sealed'),
  Type.Literal('refused'),
  Type.Literal('withdrawn'), // by whoever asked
  Type.Literal('expired'),
])

export const AskedFrom = Type.Object({
  /** Null where it is not known. */
  address: Nullable(Type.String()),
  /** User agent of the browser that asked; null for a program, and where it is not known. */
  device: Nullable(Type.String()),
  /** Whoever asked has no session from that address. */
  isUnusual: Type.Boolean(),
  /** The API token that asked; null for a page. */
  tokenName: Nullable(Type.String()),
  /** What else asked than a page or a token: SSH key “laptop”. */
  program: Nullable(Type.String()),
  /** It is the reader's own and still works. */
  canEndToken: Type.Boolean(),
})
export type AskedFrom = Static<typeof AskedFrom>

export const SealRequest = Type.Object({
  id: Type.String(),
  action: Type.String(),
  state: SealRequestState,
  facts: Facts,
  requestedBy: PersonRef,
  askedFrom: AskedFrom,
  createdAt: Time,
  expiresAt: Time,
  /** What its link `/s/…` ends in; null while it waits only on the page that asked. */
  code: Nullable(Type.String()),
  /** Path of the page that shows what would change, for merges and guardrails. */
  change: Nullable(Type.String()),
  /** Credentials of the person that may be used, best first; `refusal` says why one may not. */
  credentials: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      strength: Strength,
      stockVerifiable: Type.Boolean(),
      refusal: Nullable(Type.String()),
    }),
  ),
})
export type SealRequest = Static<typeof SealRequest>

/** One opening of a request with one credential: the statement is now complete and its digest fixed. */
export const SealAttempt = Type.Object({
  id: Type.String(),
  /** PublicKeyCredentialRequestOptionsJSON, to hand to the browser as it is. */
  publicKey: Type.Unknown(),
  /** The statement, exactly as its bytes are. */
  statement: Type.String(),
  /** `sha256:<hex>` of those bytes. */
  statementDigest: Type.String(),
  expiresAt: Time,
})
export type SealAttempt = Static<typeof SealAttempt>

export const SealMade = Type.Object({ sealId: Type.String(), statementDigest: Type.String(), strength: Strength })
export type SealMade = Static<typeof SealMade>

/** What became of a request, for whoever waits for it. */
export const SealOutcome = Type.Object({
  state: SealRequestState,
  expiresAt: Time,
  /** To repeat the act with; only for the person who tapped, and their token that asked. */
  made: Nullable(SealMade),
})
export type SealOutcome = Static<typeof SealOutcome>

export const SealLink = Type.Object({ code: Type.String(), expiresAt: Time })
export type SealLink = Static<typeof SealLink>

/** A line of the inbox: what waits for my tap. */
export const InboxItem = Type.Object({
  id: Type.String(),
  /** Its page is `/s/<code>`. */
  code: Type.String(),
  action: Type.String(),
  title: Type.String(),
  requestedBy: PersonRef,
  isMine: Type.Boolean(),
  tokenName: Nullable(Type.String()),
  createdAt: Time,
  expiresAt: Time,
})
export type InboxItem = Static<typeof InboxItem>

/** The proof mark of one commit. */
export const Proof = Type.Object({
  oid: Type.String(),
  state: Type.Union([
    Type.Literal('proven'), // a seal of ours stands behind it
    Type.Literal('baseline'), // where protection began
    Type.Literal('unproven'),
    Type.Literal('broken'), // it carries a signature that does not match
  ]),
  by: Nullable(PersonRef),
  credentialName: Nullable(Type.String()),
  strength: Nullable(Strength),
  userVerified: Nullable(Type.Boolean()),
  sealedAt: Nullable(Time),
  action: Nullable(Type.String()),
  statementDigest: Nullable(Type.String()),
  stockVerifiable: Nullable(Type.Boolean()),
  /** Why it would not be enough by the guardrails of today, in a sentence; null where it would. */
  weaker: Nullable(Type.String()),
  /** The tap was the touch of a security key that signed the push. */
  isSignedPush: Type.Boolean(),
})
export type Proof = Static<typeof Proof>
