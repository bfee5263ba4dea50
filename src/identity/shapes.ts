import { type Static, Type } from 'typebox'
import { Nullable, OneLine, PersonRef, Strength, Time } from '../http/shapes.ts'

export const OrganisationRole = Type.Union([
  Type.Literal('owner'),
  Type.Literal('admin'),
  Type.Literal('member'),
  Type.Literal('guest'),
])

/** What anybody may know of this instance before signing in. */
export const Instance = Type.Object({
  url: Type.String(),
  rpId: Type.String(),
  isSetUp: Type.Boolean(),
  /** Anybody with an address may register themselves. */
  takesRegistrations: Type.Boolean(),
  isLocalhost: Type.Boolean(),
  /** A rule lets somebody in with a password just now. */
  takesPasswords: Type.Boolean(),
  version: Type.String(),
})
export type Instance = Static<typeof Instance>

export const Username = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{1,38}$',
  description: '2–39 characters: a–z, 0–9, -',
})
export const DisplayName = OneLine(100)
export const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\p{C}\\s@<>"]+@[^\\p{C}\\s@<>"]+$',
  description: 'an e-mail address such as ana@example.com',
})

/** What somebody is told who is let in and has no account yet. */
export const NewcomerView = Type.Object({
  /** They get this address and no other. */
  email: Type.String(),
  /** Suggestions, where something is known. */
  username: Nullable(Type.String()),
  displayName: Nullable(Type.String()),
  role: OrganisationRole,
  endsAt: Nullable(Time),
  by: Nullable(Type.String()),
  message: Type.String(),
})
export type NewcomerView = Static<typeof NewcomerView>

export const RegistrationLinkView = Type.Object({
  purpose: Type.Union([
    Type.Literal('setup'),
    Type.Literal('next-owner'),
    Type.Literal('rehome'),
    Type.Literal('invitation'),
    Type.Literal('recovery'),
    Type.Literal('upgrade'),
    Type.Literal('break-glass'),
  ]),
  /** Who it is for, where that is settled; the name and address can then not be changed. */
  person: Nullable(Type.Object({ username: Type.String(), displayName: Type.String(), email: Type.String() })),
  /** Whom it makes a person, where it is for nobody yet. */
  newcomer: Nullable(NewcomerView),
  /** Before then it registers nothing: somebody may still object. */
  opensAt: Nullable(Time),
  expiresAt: Time,
})
export type RegistrationLinkView = Static<typeof RegistrationLinkView>

/** Which kind of key the browser should look for first: `hybrid` is a phone nearby. */
export const PasskeyHint = Type.Union([
  Type.Literal('client-device'),
  Type.Literal('security-key'),
  Type.Literal('hybrid'),
])
export type PasskeyHint = Static<typeof PasskeyHint>

/** What begins a ceremony may say nothing. */
export const BeginCeremony = Type.Union([Type.Object({ hint: Type.Optional(PasskeyHint) }), Type.Null()])

/** Options for the browser, and the ceremony to answer with. */
export const Ceremony = Type.Object({ ceremonyId: Type.String(), publicKey: Type.Unknown(), expiresAt: Time })
export type Ceremony = Static<typeof Ceremony>

export const SessionView = Type.Object({
  id: Type.String(),
  isCurrent: Type.Boolean(),
  strength: Strength,
  /** OpenID Connect authentication context: `phr`, `phrh`, or null below passkey. */
  acr: Nullable(Type.String()),
  /** RFC 8176. */
  amr: Type.Array(Type.String()),
  authenticatedAt: Time,
  createdAt: Time,
  /** When it was last used, to within a minute. */
  lastSeenAt: Time,
  /** However much it is used, by the rules of today. */
  expiresAt: Time,
  /** Where it is not used again; never later than `expiresAt`. */
  idleEndsAt: Time,
  userAgent: Type.String(),
  address: Type.String(),
  /** Null where no passkey began it. */
  credentialName: Nullable(Type.String()),
})
export type SessionView = Static<typeof SessionView>

export const Me = Type.Object({
  id: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  email: Type.String(),
  role: OrganisationRole,
  session: SessionView,
  credentialCount: Type.Integer(),
  recoveryCodesLeft: Type.Integer(),
  isDemoPresent: Type.Boolean(),
})
export type Me = Static<typeof Me>

export const CredentialView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** By metadata or by its AAGUID; only a claim where not verified, null where not given or not known. */
  model: Nullable(Type.String()),
  isModelVerified: Type.Boolean(),
  /** Its maker or FIDO reports the model as broken, in a way that is refused here. */
  isModelRefused: Type.Boolean(),
  aaguid: Nullable(Type.String()),
  /** `GET /api/v1/authenticator-models/{aaguid}/icon` has its picture. */
  hasIcon: Type.Boolean(),
  category: Type.Union([Type.Literal('hardware-key'), Type.Literal('platform'), Type.Literal('synced')]),
  /** `synced` when the key says it may be copied between devices. */
  kind: Type.Union([Type.Literal('synced'), Type.Literal('device-bound')]),
  strength: Strength,
  /** ES256, EdDSA, RS256 */
  algorithm: Type.String(),
  /** Whether stock git can check what this credential seals. */
  stockVerifiable: Type.Boolean(),
  enrolledVia: Type.String(),
  /** Someone or an older key vouched for it. */
  isEndorsed: Type.Boolean(),
  /** `SHA256:…` of its public key, as `ssh-keygen -l` prints it. */
  fingerprint: Type.String(),
  createdAt: Time,
  lastUsedAt: Nullable(Time),
  isCurrent: Type.Boolean(),
})
export type CredentialView = Static<typeof CredentialView>

/** About whoever is not for the caller to look after, what is not a name is null or empty. */
export const Person = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal('person'), Type.Literal('agent'), Type.Literal('system')]),
  username: Type.String(),
  displayName: Type.String(),
  email: Type.String(),
  role: OrganisationRole,
  state: Type.Union([Type.Literal('active'), Type.Literal('ended')]),
  isDemo: Type.Boolean(),
  createdAt: Time,
  /** Active passkeys; those nobody has vouched for yet are listed for an administrator to check. */
  credentialCount: Type.Integer(),
  unendorsed: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), fingerprint: Type.String() })),
  /** Of the best of their passkeys. */
  strength: Nullable(Type.Union([Type.Literal('none'), Strength])),
  keyKinds: Type.Array(Type.Union([Type.Literal('hardware-key'), Type.Literal('platform'), Type.Literal('synced')])),
  lastSeenAt: Nullable(Time),
  /** When access ends by itself. */
  endsAt: Nullable(Time),
  /** Who answers for a guest. */
  sponsor: Nullable(PersonRef),
  /** Who answers for an agent. */
  owner: Nullable(PersonRef),
  /** The directory or domain that looks after them. */
  managedBy: Nullable(Type.String()),
})
export type Person = Static<typeof Person>

/** What somebody may do in one place, and through which group where it is not their own. */
export const Reached = Type.Object({
  path: Type.String(),
  role: Type.Union([Type.Literal('admin'), Type.Literal('write'), Type.Literal('read')]),
  group: Nullable(Type.String()),
})

/** An application that is open to them, and through which group where it is for groups. */
export const ReachedTool = Type.Object({ slug: Type.String(), name: Type.String(), group: Nullable(Type.String()) })
export type ReachedTool = Static<typeof ReachedTool>

export const PersonDetail = Type.Object({
  person: Person,
  credentials: Type.Array(CredentialView),
  groups: Type.Array(Type.String()),
  /** What was given to them or to a group of theirs; administrators of the organisation reach everything besides. */
  reaches: Type.Array(Reached),
  tools: Type.Array(ReachedTool),
  agents: Type.Array(PersonRef),
  /** Guests they answer for. */
  guests: Type.Array(PersonRef),
  sessionCount: Type.Integer(),
  tokenCount: Type.Integer(),
  /** Why their role cannot be changed here; null where it can. */
  roleRefusal: Nullable(Type.String()),
})
export type PersonDetail = Static<typeof PersonDetail>

/** Guests as whoever answers for them looks through them. */
export const GuestReview = Type.Object({
  person: Person,
  reaches: Type.Array(Reached),
  tools: Type.Array(ReachedTool),
})
export type GuestReview = Static<typeof GuestReview>

export const PersonAdded = Type.Object({ person: Person, link: Type.String(), expiresAt: Time })
export type PersonAdded = Static<typeof PersonAdded>

export const GroupMember = PersonRef
export type GroupMember = Static<typeof GroupMember>

export const Group = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  isDemo: Type.Boolean(),
  /** Its members are set elsewhere, by a directory or another place to sign in. */
  isManaged: Type.Boolean(),
  /** What its members are in the organisation at least. */
  organisationRole: Nullable(Type.Union([Type.Literal('admin'), Type.Literal('member'), Type.Literal('guest')])),
  memberCount: Type.Integer(),
  /** The first of them by username; all of them are a list of their own. */
  members: Type.Array(GroupMember),
})
export type Group = Static<typeof Group>
