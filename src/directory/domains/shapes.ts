import { type Static, Type } from 'typebox'
import { Nullable, PersonRef, Time } from '../../http/shapes.ts'
import { OrganisationRole } from '../../identity/shapes.ts'

export const NewDomain = Type.Object({ name: Type.String({ maxLength: 260 }) }, { additionalProperties: false })

export const Way = Type.Union([Type.Literal('dns'), Type.Literal('https')])

const Counts = Type.Object({
  /** People at this domain who come in here. */
  people: Type.Integer(),
  /** Of them, those whom nobody manages. */
  unmanaged: Type.Integer(),
  /** Of those, they who have never shown that the address is theirs: they cannot be claimed. */
  unconfirmed: Type.Integer(),
  /** Of them, those who were told, and those who object. */
  noticed: Type.Integer(),
  objected: Type.Integer(),
  /** Whom this domain manages, wherever their address is. */
  managed: Type.Integer(),
})

export const DomainView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** As people read it, where that is written otherwise. */
  unicodeName: Nullable(Type.String()),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('verified'), Type.Literal('lost')]),
  verifiedBy: Nullable(Way),
  verifiedAt: Nullable(Time),
  checkedAt: Nullable(Time),
  failingSince: Nullable(Time),
  /** Why the last look found no proof, in a sentence. */
  lastError: Nullable(Type.String()),
  createdAt: Time,
  /** Either of these proves it. */
  record: Type.Object({ name: Type.String(), value: Type.String() }),
  file: Type.Object({ url: Type.String(), content: Type.String() }),
  accounts: Counts,
})
export type DomainView = Static<typeof DomainView>

export const DomainList = Type.Object({ items: Type.Array(DomainView), graceDays: Type.Integer() })
export type DomainList = Static<typeof DomainList>

export const ClaimState = Type.Union([
  Type.Literal('noticed'),
  Type.Literal('objected'),
  Type.Literal('claimed'),
  Type.Literal('refused'),
  Type.Literal('withdrawn'),
])

/** A person at the domain. */
export const DomainAccount = Type.Object({
  person: PersonRef,
  email: Type.String(),
  /** They have shown that the address is theirs. */
  isEmailVerified: Type.Boolean(),
  role: OrganisationRole,
  /** When a session of theirs was last used. */
  lastSeenAt: Nullable(Time),
  management: Type.Union([Type.Literal('nobody'), Type.Literal('this-domain'), Type.Literal('another')]),
  /** The open claim; null where there is none. */
  claim: Nullable(
    Type.Object({
      id: Type.String(),
      state: ClaimState,
      noticedAt: Time,
      graceEndsAt: Time,
      objectedAt: Nullable(Time),
    }),
  ),
})
export type DomainAccount = Static<typeof DomainAccount>

export const NewClaims = Type.Object(
  { usernames: Type.Array(Type.String({ maxLength: 39 }), { minItems: 1, maxItems: 1_000, uniqueItems: true }) },
  { additionalProperties: false },
)

export const ClaimsMade = Type.Object({
  noticed: Type.Integer(),
  /** Who was left out since the tap was asked for, and why. */
  skipped: Type.Array(Type.Object({ username: Type.String(), reason: Type.String() })),
})
export type ClaimsMade = Static<typeof ClaimsMade>

export const Decision = Type.Object(
  { decision: Type.Union([Type.Literal('let-go'), Type.Literal('end-access')]) },
  { additionalProperties: false },
)

/** A claim as its person sees it. */
export const OwnClaim = Type.Object({
  id: Type.String(),
  domain: Type.String(),
  state: ClaimState,
  by: PersonRef,
  noticedAt: Time,
  graceEndsAt: Time,
  objectedAt: Nullable(Time),
  decidedAt: Nullable(Time),
  email: Type.String(),
})
export type OwnClaim = Static<typeof OwnClaim>
