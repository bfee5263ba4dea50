import type { Id } from '../id.ts'
import type { AttestationOutcome, Flag, OrganisationRole, Strength } from './scales.ts'

/** The tables that `identity/` writes. */
export interface IdentityTables {
  instance: InstanceTable
  user: UserTable
  accountAddress: AccountAddressTable
  userGroup: UserGroupTable
  groupMember: GroupMemberTable
  credentialRecord: CredentialRecordTable
  registrationLink: RegistrationLinkTable
  session: SessionTable
  challenge: ChallengeTable
  accessEnd: AccessEndTable
  setting: SettingTable
  recoveryCode: RecoveryCodeTable
  recovery: RecoveryTable
  breakGlass: BreakGlassTable
  passwordLogin: PasswordLoginTable
  totp: TotpTable
  emailVerification: EmailVerificationTable
  applicant: ApplicantTable
  invitation: InvitationTable
}

/** One row, `id` always 1: what this instance is. */
export interface InstanceTable {
  id: number
  createdAt: number
  /** When the first owner finished registering; null until then. */
  setUpAt: number | null
  /** The RP ID and origin that people's credentials belong to, checked at each start. */
  rpId: string
  origin: string
}

export interface UserTable {
  id: Id<'usr'>
  kind: 'person' | 'agent' | 'system'
  /** Immutable, lower case, never used again. */
  username: string
  displayName: string
  /** For display and contact only: identity never rests on it. */
  email: string
  emailVerifiedAt: number | null
  /** WebAuthn user handle: 32 random bytes, base64url; neither the id nor the address. */
  webauthnHandle: string
  role: OrganisationRole
  /** What they are by themselves, where a group makes them more; null: `role`. */
  baseRole: OrganisationRole | null
  state: 'active' | 'ended'
  /** Raised whenever all sessions must fall; a session made under another generation is void. */
  generation: number
  isDemo: Flag
  createdAt: number
  createdBy: Id<'usr'> | null
  /** The person who answers for an agent, and with whom it ends; null for people. */
  ownerId: Id<'usr'> | null
  /** When access ends by itself; guests have one, and whoever else was given one. */
  endsAt: number | null
  /** The person who answers for a guest. */
  sponsorId: Id<'usr'> | null
  /**
   * The directory connection (`dir_…`) that brought this person, or the domain (`dom_…`) that claimed them: they cannot
   * change their address or leave alone. Null: nobody but themselves.
   */
  managedBy: string | null
}

/** Each address that a person's account has or had, folded (`identity/fold-address.ts`) and hashed: it can be looked for, not read. */
export interface AccountAddressTable {
  userId: Id<'usr'>
  /** SHA-256, base64url. */
  addressHash: string
  /** When it was shown to be theirs, by a letter or by the word of whoever brought them or set the instance up; null: they only wrote it. */
  provenAt: number | null
  /** When another one took its place; null for the one of today. */
  formerAt: number | null
}

export interface UserGroupTable {
  id: Id<'grp'>
  name: string
  description: string
  isDemo: Flag
  createdAt: number
  /** The directory connection (`dir_…`) that keeps its members; null where people here do. */
  managedBy: string | null
  /** What its members are in the organisation at least; null: nothing beyond what they are. */
  organisationRole: Exclude<OrganisationRole, 'owner'> | null
}

export interface GroupMemberTable {
  groupId: Id<'grp'>
  userId: Id<'usr'>
  /** 0 where it was before this was kept. */
  joinedAt: number
}

/** What is known of one WebAuthn credential. Never deleted: `endedAt` ends it, the ledger still names it. */
export interface CredentialRecordTable {
  id: Id<'crd'>
  userId: Id<'usr'>
  /** base64url; unique over all users. */
  credentialId: string
  /** COSE key, base64url. */
  publicKey: string
  /** COSE algorithm: -7 ES256, -8 EdDSA, -257 RS256. */
  algorithm: number
  signCount: number
  backupEligible: Flag
  backupState: Flag
  uvInitialized: Flag
  /** JSON list of strings. */
  transports: string
  /** Null when zero or not given: an unverified AAGUID is a hint, never a fact. */
  aaguid: string | null
  attestationFormat: string
  attestationOutcome: AttestationOutcome
  /** From metadata, else from the list of known AAGUIDs; a fact only where the outcome says that the chain was verified. */
  modelName: string | null
  /** Raw registration, base64url, kept for ever so that later metadata can judge it. */
  attestationObject: string
  registrationClientDataJson: string
  rpId: string
  origin: string
  name: string
  /** `password`: after a sign-in that took no passkey. */
  enrolledVia: 'setup' | 'credential' | 'invitation' | 'recovery' | 'password'
  /** The seal by which an older credential or a second person vouched for this one. */
  endorsedBy: Id<'sea'> | null
  strengthCap: Strength | null
  createdAt: number
  /** Written at most once a minute. */
  lastUsedAt: number | null
  endedAt: number | null
  /** The seal that ended it, where a person did. */
  endedBy: Id<'sea'> | null
  /** It ended because its person's access did; a directory that takes that person back revives these alone. */
  endedWith: Id<'end'> | null
  /** The recovery under way: until it is over this passkey can only cancel it. */
  suspendedBy: Id<'rcv'> | null
}

/** A one-time link that lets somebody register a passkey. Consumed by the finished registration, not by opening it. */
export interface RegistrationLinkTable {
  id: Id<'lnk'>
  tokenHash: string
  purpose: 'setup' | 'next-owner' | 'rehome' | 'invitation' | 'recovery' | 'upgrade' | 'break-glass'
  /** The person it is for; null where registering creates the person. */
  userId: Id<'usr'> | null
  expiresAt: number
  consumedAt: number | null
  createdAt: number
  createdBy: Id<'usr'> | null
}

export interface SessionTable {
  id: Id<'ses'>
  /** SHA-256 of the cookie, base64url. */
  secretHash: string
  userId: Id<'usr'>
  userGeneration: number
  /** Null where no passkey began it: a password, or another sign-in that is trusted. */
  credentialRecordId: Id<'crd'> | null
  method: 'passkey' | 'password' | 'upstream'
  strength: Strength
  /** When the person last proved themselves in this session. */
  authenticatedAt: number
  createdAt: number
  /** Written at most once a minute. */
  lastSeenAt: number
  expiresAt: number
  endedAt: number | null
  userAgent: string
  address: string
}

/**
 * Challenges that wait for a response, where nodes share them: unlogged on PostgreSQL, so that issuing one costs no
 * durable commit. SQLite has no such table: its one node keeps them in memory.
 */
export interface ChallengeTable {
  id: Id<'cer'>
  kind: 'registration' | 'sign-in' | 'seal' | 'recovery-cancel' | 'upstream'
  /** SHA-256 of the cookie of the browser session or of the pre-login cookie it was issued to. */
  bindingHash: string
  /** SHA-256 of the challenge. */
  challengeHash: string
  userId: Id<'usr'> | null
  /** JSON that the ceremony needs back, e.g. the link or the seal request. */
  payload: string
  expiresAt: number
}

/** One end of a person's access, and what ended with it. */
export interface AccessEndTable {
  id: Id<'end'>
  userId: Id<'usr'>
  cause: EndCause
  /** Why, as whoever decided it said; empty where nobody had to. */
  reason: string
  /** Null: no person of this instance, but the cause itself. */
  decidedBy: Id<'usr'> | null
  decidedAt: number
  sealId: Id<'sea'> | null
  /** JSON list of `{ kind, count, isPassedOn }`. */
  ended: string
  /** JSON list of `{ what, until }`: what cannot be ended from here, and until when it may live. */
  remains: string
  /** Its message on the bus, which every node confirms once it has cut the person's connections. */
  busSeq: number
  /** The end of whoever answered for this agent. */
  endedWith: Id<'end'> | null
  restoredAt: number | null
  /** JSON list of the nodes there were and when each had cut what was open there; null until all have. */
  nodes: string | null
  /** When the last of them had. */
  completedAt: number | null
  /** The signed receipt, a DSSE envelope; null until then. */
  receipt: string | null
}

/** By which way the decision came. */
export type EndCause = 'console' | 'api' | 'scim' | 'group' | 'guest-end' | 'domain' | 'upstream' | 'owner' | 'shell'

/** What an owner has set differently from the default, see `identity/settings.ts`. */
export interface SettingTable {
  name: string
  /** JSON */
  value: string
  changedAt: number
  changedBy: Id<'usr'>
}

/** Somebody who is asked in: their account comes to be when they register through the link. */
export interface InvitationTable {
  id: Id<'inv'>
  /** The link that counts now; sending it again makes another one. */
  linkId: Id<'lnk'>
  /** The address it was made for; the account gets exactly this one. */
  email: string
  role: OrganisationRole
  /** JSON list of group ids; one that is gone by then is left out. */
  groups: string
  /** JSON list of `{ scopeKind, scopeId, role }`: what they may see and do besides. */
  grants: string
  /** When their access will end by itself; null for others than guests. */
  endsAt: number | null
  /** Who answers for them, where they are a guest. */
  sponsorId: Id<'usr'> | null
  /** A line from whoever invites. */
  message: string
  createdBy: Id<'usr'>
  createdAt: number
  expiresAt: number
  /** When a letter with the link was last laid down; null where the link was shown instead. */
  sentAt: number | null
  acceptedAt: number | null
  acceptedBy: Id<'usr'> | null
  withdrawnAt: number | null
}

/** A password that somebody brought from where they come, kept until they have a passkey or a rule no longer permits it. */
export interface PasswordLoginTable {
  userId: Id<'usr'>
  /** PHC string or bcrypt's own form; our argon2id after its first use. */
  hash: string
  changedAt: number
  /** It was found among those that everybody tries. */
  mustChange: Flag
  /** Of the last sign-in with it. */
  usedAt: number | null
}

/** The secret of an authenticator app, RFC 6238. */
export interface TotpTable {
  userId: Id<'usr'>
  /** Closed by `secrets/`: base32 of 20 bytes. */
  box: string
  /** Null until its person has shown a code of it; before that it counts for nothing. */
  confirmedAt: number | null
  /** The last 30-second step whose code was taken: each is good once. */
  lastStep: number
}

/** One of the codes a person keeps for the day their passkeys are gone. New ones void the old. */
export interface RecoveryCodeTable {
  /** SHA-256 of its 80 random bits as they are written, base64url. */
  codeHash: string
  userId: Id<'usr'>
  createdAt: number
  usedBy: Id<'rcv'> | null
  voidedAt: number | null
}

/** Somebody gets back into their account. Under way until `overAt`; one person has one under way at most. */
export interface RecoveryTable {
  id: Id<'rcv'>
  userId: Id<'usr'>
  kind: 'code' | 'second-person'
  /** `waiting`: its link does not open yet. `open`: it does, or a passkey was registered that is not settled yet. */
  state: 'waiting' | 'open' | 'done' | 'cancelled' | 'expired'
  /** The second person who started it; null where a code did. */
  startedBy: Id<'usr'> | null
  sealId: Id<'sea'> | null
  /** The only link that registers the new passkey. */
  linkId: Id<'lnk'>
  createdAt: number
  opensAt: number
  /** Until then a suspended passkey can cancel it, even when the new one is registered. */
  cancelUntil: number
  /** When it ends by itself where nobody registered. */
  expiresAt: number
  newCredentialId: Id<'crd'> | null
  overAt: number | null
  /** Who cancelled it. */
  overBy: Id<'usr'> | null
  /** Where the code was used; empty for a second person's. */
  address: string
}

/** A sealed code, kept off-line, that lets one owner in. Once used it waits for somebody else's review. */
export interface BreakGlassTable {
  id: Id<'bgc'>
  codeHash: string
  /** The owner whom it lets in. */
  userId: Id<'usr'>
  createdAt: number
  createdBy: Id<'usr'>
  sealId: Id<'sea'>
  voidedAt: number | null
  usedAt: number | null
  address: string | null
  linkId: Id<'lnk'> | null
  newCredentialId: Id<'crd'> | null
  reviewedAt: number | null
  reviewedBy: Id<'usr'> | null
  reviewSealId: Id<'sea'> | null
  /** When administrators were last reminded that nobody has looked at it. */
  remindedAt: number | null
}

/** A letter by which somebody proves that an address is theirs. */
export interface EmailVerificationTable {
  tokenHash: string
  userId: Id<'usr'>
  /** SHA-256 of the address it went to: it confirms no other. */
  addressHash: string
  createdAt: number
  expiresAt: number
}

/** Somebody who asked to register themselves: a person only when their registration is finished. Deleted after a day. */
export interface ApplicantTable {
  id: Id<'apl'>
  /** In lower case, to count by and to compare; `address` is as it was given. */
  email: string
  address: string
  displayName: string
  /** As they wish; not held for them. */
  username: string
  /** Null where the address belongs to an account: its person is told, and no link made. */
  linkId: Id<'lnk'> | null
  createdAt: number
}
