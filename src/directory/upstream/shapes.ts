import { type Static, Type } from 'typebox'
import { Nullable, OneLine, Time } from '../../http/shapes.ts'

/** Why somebody who came back from another place is not in. Each is a page of its own words in the console. */
export const upstreamRefusals = [
  'denied-there', // the other place, or the person there, said no
  'not-finished', // too old, answered before, begun in another browser, or stopped half way
  'provider-gone',
  'provider-unreachable',
  'provider-mistrusted', // what it sent does not verify
  'not-known', // nobody here is joined with that account, and nobody is made
  'address-unverified',
  'domain-not-verified',
  'account-exists', // somebody here has the address and manages their account themselves
  'address-taken', // somebody here with the address is joined with another account there
  'required-group',
  'groups-unknown', // it did not say which groups, and one is required
  'access-ended',
  'link-ended',
  'already-joined', // the account there is joined with somebody here
  'refused-here', // a guardrail
] as const
export type UpstreamRefusal = (typeof upstreamRefusals)[number]

/** What a page to sign in shows of it. */
export const ShownProvider = Type.Object({ id: Type.String(), name: Type.String() })
export type ShownProvider = Static<typeof ShownProvider>

/** Where the browser goes now. */
export const Departure = Type.Object({ url: Type.String() })
export type Departure = Static<typeof Departure>

const Kind = Type.Union([Type.Literal('okta'), Type.Literal('entra'), Type.Literal('google'), Type.Literal('other')])
const TrustsAcr = Type.Union([Type.Literal('none'), Type.Literal('mfa'), Type.Literal('phr')])
const NewPersonRole = Type.Union([Type.Literal('member'), Type.Literal('guest')])
const DomainName = Type.String({
  maxLength: 253,
  pattern: '^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]{2,63}$',
  description: 'a domain such as example.com, in lower case',
})
const GroupThere = OneLine(200)

const settable = {
  name: OneLine(60),
  clientId: Type.String({ minLength: 1, maxLength: 300, pattern: '^[\\x21-\\x7e]+$', description: 'a client id' }),
  clientSecret: Type.String({
    minLength: 1,
    maxLength: 500,
    pattern: '^[\\x21-\\x7e]+$',
    description: 'a client secret without spaces',
  }),
  domains: Type.Array(DomainName, { maxItems: 50, uniqueItems: true }),
  isShown: Type.Boolean(),
  trustsAcr: TrustsAcr,
  groupClaim: Nullable(OneLine(100)),
  /** Group there → group here, which is then kept by it alone. */
  groupMap: Type.Record(GroupThere, Type.String({ maxLength: 63 }), { maxProperties: 200 }),
  requiredGroup: Nullable(GroupThere),
  createsPeople: Type.Boolean(),
  newPersonRole: NewPersonRole,
  demandsLocalPasskey: Type.Boolean(),
}

export const NewProvider = Type.Object(
  {
    ...settable,
    /** One that the list offered: the address to come back to names it, and is registered there before this is sent. */
    id: Type.Optional(Type.String({ pattern: '^idp_[0-9a-hjkmnp-tv-z]{25}$' })),
    kind: Kind,
    issuer: Type.String({ minLength: 8, maxLength: 500 }),
  },
  { additionalProperties: false },
)
export type NewProvider = Static<typeof NewProvider>

export const ProviderChanges = Type.Partial(Type.Object(settable), { additionalProperties: false })
export type ProviderChanges = Static<typeof ProviderChanges>

const { clientSecret: _, ...shown } = settable
export const ProviderView = Type.Object({
  ...shown,
  groupMap: Type.Record(Type.String(), Type.String()),
  id: Type.String(),
  kind: Kind,
  issuer: Type.String(),
  /** To be registered there, exactly. */
  redirectUri: Type.String(),
  /** Where it says that somebody signed out there; optional. */
  logoutUri: Type.String(),
  /** Those of its domains that are verified here: only their people can come to be by signing in. */
  verifiedDomains: Type.Array(Type.String()),
  /** People who can sign in with it. */
  peopleCount: Type.Integer(),
  lastSignInAt: Nullable(Time),
  createdAt: Time,
})
export type ProviderView = Static<typeof ProviderView>

export const ProviderList = Type.Object({
  items: Type.Array(ProviderView),
  /** For a new one. */
  nextId: Type.String(),
})
export type ProviderList = Static<typeof ProviderList>

/** What a test sign-in brought: nobody is signed in by it. */
export const TestResult = Type.Object({
  providerId: Type.String(),
  /** What did not work, in a sentence; null where everything did. */
  problem: Nullable(Type.String()),
  /** What the provider says of whoever signed in there, as JSON. */
  claims: Nullable(Type.String()),
  /** What that would mean here. */
  reading: Type.Array(Type.Object({ label: Type.String(), value: Type.String() })),
})
export type TestResult = Static<typeof TestResult>

export const ExternalIdentityView = Type.Object({
  id: Type.String(),
  provider: ShownProvider,
  /** The address or name there. */
  label: Type.String(),
  subject: Type.String(),
  linkedBy: Type.Union([Type.Literal('person'), Type.Literal('domain')]),
  linkedAt: Time,
  lastSignInAt: Nullable(Time),
})
export type ExternalIdentityView = Static<typeof ExternalIdentityView>

/** An account elsewhere that its person has just shown, and can join with theirs by a tap. */
export const LinkOffer = Type.Object({ provider: ShownProvider, label: Type.String(), subject: Type.String() })
export type LinkOffer = Static<typeof LinkOffer>
