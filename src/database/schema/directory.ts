import type { Id } from '../id.ts'
import type { Flag } from './scales.ts'

/** The tables that `directory/` writes. */
export interface DirectoryTables {
  identityProvider: IdentityProviderTable
  externalIdentity: ExternalIdentityTable
  upstreamSession: UpstreamSessionTable
  directoryConnection: DirectoryConnectionTable
  scimUser: ScimUserTable
  scimGroup: ScimGroupTable
  domain: DomainTable
  domainClaim: DomainClaimTable
}

/** A directory that brings people and groups by SCIM. The row stays when it was disconnected. */
export interface DirectoryConnectionTable {
  id: Id<'dir'>
  /** Case-folded unique among those that are connected. */
  name: string
  kind: 'okta' | 'entra' | 'other'
  /** SHA-256 of the whole token, base64url. */
  tokenHash: string
  tokenMadeAt: number
  tokenExpiresAt: number | null
  /** The token before this one, which works until then, so that a sync under way does not break. */
  formerTokenHash: string | null
  formerTokenUntil: number | null
  /** Whoever leaves this group loses their access, as if the directory had ended them. */
  requiredGroupId: Id<'grp'> | null
  createdAt: number
  createdBy: Id<'usr'>
  /** Written at most once a minute. */
  lastRequestAt: number | null
  /** The newest refusal, in a sentence. */
  lastError: string | null
  lastErrorAt: number | null
  endedAt: number | null
  endedBy: Id<'usr'> | null
  endSealId: Id<'sea'> | null
  /** 1 while access of people it brought is still to be ended, because that was chosen when it was disconnected. */
  endsPeople: Flag
}

/** A domain of mail addresses that this organisation says is its own. */
export interface DomainTable {
  id: Id<'dom'>
  /** A-labels in lower case; unique. */
  name: string
  /** What the record or file must hold; no secret. */
  token: string
  /** `lost`: it was verified, and for a week the proof was not found. */
  state: 'waiting' | 'verified' | 'lost'
  verifiedBy: 'dns' | 'https' | null
  verifiedAt: number | null
  /** The last look; taking a look moves this on, so that no other node takes it too. */
  checkedAt: number | null
  /** Since when the proof of a verified domain is not found. */
  failingSince: number | null
  /** Of the last look that found no proof, in a sentence. */
  lastError: string | null
  createdAt: number
  createdBy: Id<'usr'>
}

/** An account at a domain that the organisation wants to manage. One open claim a person. */
export interface DomainClaimTable {
  id: Id<'clm'>
  domainId: Id<'dom'>
  userId: Id<'usr'>
  /** `noticed` and `objected` are open; `refused`: it was objected to, and access ended for it. */
  state: 'noticed' | 'objected' | 'claimed' | 'refused' | 'withdrawn'
  noticedAt: number
  noticedBy: Id<'usr'>
  /** When it takes hold unless its person objects. */
  graceEndsAt: number
  objectedAt: number | null
  decidedAt: number | null
  /** Null where nobody decided but the calendar. */
  decidedBy: Id<'usr'> | null
}

/** Another place where people of this organisation sign in: an OpenID provider. The row stays when it was removed. */
export interface IdentityProviderTable {
  id: Id<'idp'>
  /** As people know it, and as its button says it. */
  name: string
  kind: 'okta' | 'entra' | 'google' | 'other'
  /** Exactly as it names itself; unique among those that are in use. */
  issuer: string
  clientId: string
  /** Closed by `secrets/`. */
  clientSecretBox: string
  /** JSON list of domains whose people are sent there. */
  domains: string
  /** Its button stands on the page to sign in. */
  isShown: Flag
  /** Up to where its word about how somebody signed in there is believed. */
  trustsAcr: 'none' | 'mfa' | 'phr'
  /** The claim that lists groups; null: groups are not read. */
  groupClaim: string | null
  /** JSON object: name of a group there → name of ours, which it then keeps. */
  groupMap: string
  /** A group there: whoever is not in it has no access here. */
  requiredGroup: string | null
  /** People it vouches for get an account when they first come, where their address is at a verified domain. */
  createsPeople: Flag
  newPersonRole: 'member' | 'guest'
  /** A session that began there is good for nothing but making, or tapping, a passkey of this place. */
  demandsLocalPasskey: Flag
  createdAt: number
  createdBy: Id<'usr'>
  endedAt: number | null
}

/** Who somebody is at another place to sign in: by issuer and subject, never by an address. */
export interface ExternalIdentityTable {
  id: Id<'eid'>
  providerId: Id<'idp'>
  issuer: string
  subject: string
  userId: Id<'usr'>
  /** The address or name they had there when it was last used; for display alone. */
  label: string
  /** Who joined the two: the person with a tap, or the domain that the address is at. */
  linkedBy: 'person' | 'domain'
  linkedAt: number
  lastSignInAt: number | null
  /** Kept but of no use: its person's access ended, or the person removed it. */
  endedAt: number | null
  /** The end of access that it ended with. */
  endedWith: Id<'end'> | null
  /** The end of access that a sign-in by it brought about: only a later one by it undoes that. */
  broughtEnd: Id<'end'> | null
}

/** A session that began at another place, so that its end there ends it here. */
export interface UpstreamSessionTable {
  sessionId: Id<'ses'>
  externalIdentityId: Id<'eid'>
  /** OpenID Connect `sid`, where the provider names one. */
  sid: string | null
}

/** A person as a directory knows them: what it said of them beside what `user` keeps. */
export interface ScimUserTable {
  userId: Id<'usr'>
  connectionId: Id<'dir'>
  externalId: string | null
  userName: string
  /** `userName` as it is compared; unique in its connection, also after the directory deleted the person. */
  userNameKey: string
  /** Their address as it is compared, held by one connection at a time; null for none, and where another of it holds it. */
  addressKey: string | null
  /** Whether the directory wants them here; `user.state` says whether they are. */
  isWanted: Flag
  /** Raised by each change: the entity tag. */
  revision: number
  /** JSON: the attributes that no column keeps. */
  attributes: string
  createdAt: number
  updatedAt: number
  /** Deleted there: a 404 from then on. The same person who comes again gets the same account. */
  deletedAt: number | null
}

/** A group as a directory knows it. */
export interface ScimGroupTable {
  groupId: Id<'grp'>
  connectionId: Id<'dir'>
  externalId: string | null
  displayName: string
  /** As it is compared; unique in its connection. */
  displayNameKey: string
  revision: number
  createdAt: number
  updatedAt: number
  /** Deleted there, and kept here without members because a rule names it. */
  deletedAt: number | null
}
