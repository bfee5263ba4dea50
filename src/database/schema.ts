import type { Id } from './id.ts'

/**
 * Every table of the product, for both dialects. Text identifiers, times as integer milliseconds since the epoch
 * (`…At`), booleans as 0 or 1, lists and objects as JSON text. Which folder writes which table is stated once, in
 * `test/architecture.test.ts`.
 */
export interface Schema {
  instance: InstanceTable
  user: UserTable
  userGroup: UserGroupTable
  groupMember: GroupMemberTable
  credentialRecord: CredentialRecordTable
  registrationLink: RegistrationLinkTable
  session: SessionTable
  challenge: ChallengeTable
  apiToken: ApiTokenTable
  project: ProjectTable
  repository: RepositoryTable
  pathRedirect: PathRedirectTable
  roleGrant: RoleGrantTable
  protectedBranch: ProtectedBranchTable
  revokedKey: RevokedKeyTable
  standingSeal: StandingSealTable
  refUpdate: RefUpdateTable
  heldPush: HeldPushTable
  branchLease: BranchLeaseTable
  pullRequest: PullRequestTable
  reviewThread: ReviewThreadTable
  reviewComment: ReviewCommentTable
  review: ReviewTable
  reviewerRequest: ReviewerRequestTable
  commitStatus: CommitStatusTable
  sealRequest: SealRequestTable
  seal: SealTable
  metadataBlob: MetadataBlobTable
  authenticatorModel: AuthenticatorModelTable
  policyChange: PolicyChangeTable
  auditEvent: AuditEventTable
  auditPersonal: AuditPersonalTable
  letter: LetterTable
  webhook: WebhookTable
  webhookDelivery: WebhookDeliveryTable
  webhookAttempt: WebhookAttemptTable
  repositoryImport: RepositoryImportTable
  mirror: MirrorTable
  mirrorRef: MirrorRefTable
  notificationChoice: NotificationChoiceTable
  pushSubscription: PushSubscriptionTable
  secret: SecretTable
  sourceAttestation: SourceAttestationTable
  branchControl: BranchControlTable
  accessEnd: AccessEndTable
  busHead: BusHeadTable
  busMessage: BusMessageTable
  busConfirmation: BusConfirmationTable
  node: NodeTable
  setting: SettingTable
  identityProvider: IdentityProviderTable
  externalIdentity: ExternalIdentityTable
  upstreamSession: UpstreamSessionTable
  recoveryCode: RecoveryCodeTable
  recovery: RecoveryTable
  breakGlass: BreakGlassTable
  passwordLogin: PasswordLoginTable
  totp: TotpTable
  directoryConnection: DirectoryConnectionTable
  scimUser: ScimUserTable
  scimGroup: ScimGroupTable
  domain: DomainTable
  domainClaim: DomainClaimTable
  emailVerification: EmailVerificationTable
  applicant: ApplicantTable
  permission: PermissionTable
  announcement: AnnouncementTable
  announcementReader: AnnouncementReaderTable
  invitation: InvitationTable
}

export type TableName = keyof Schema
export type Flag = 0 | 1

/** The scale on which every proof is judged, weakest first. */
export type Strength = 'password' | 'mfa' | 'passkey' | 'device-bound' | 'attested'
/**
 * What a registration proved of its authenticator. `unverified-chain`: signed by a certificate nobody has traced to a
 * known maker. `verified`: by a model whose metadata says that hardware protects its keys; `verified-software`: by one
 * whose metadata does not say so. `bad-status`: verified, and the model's metadata carries a status that is refused here.
 */
export type AttestationOutcome = 'none' | 'self' | 'unverified-chain' | 'verified' | 'verified-software' | 'bad-status'
export type OrganisationRole = 'owner' | 'admin' | 'member' | 'guest'
export type RepositoryRole = 'admin' | 'write' | 'read'
export type MergeMethod = 'merge' | 'squash' | 'rebase' | 'fast-forward'

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

export interface ApiTokenTable {
  id: Id<'tok'>
  userId: Id<'usr'>
  /** Who made it for an agent and has seen its secret: it ends with them too. Null for one's own. */
  madeBy: Id<'usr'> | null
  name: string
  /** SHA-256 of the whole token, base64url. */
  secretHash: string
  /** JSON list of scopes. */
  scopes: string
  /** JSON list of repository ids; null for every repository its owner reaches. */
  repositoryIds: string | null
  createdAt: number
  expiresAt: number
  lastUsedAt: number | null
  endedAt: number | null
}

export interface ProjectTable {
  id: Id<'prj'>
  /** Case-folded unique. */
  name: string
  description: string
  isDemo: Flag
  createdAt: number
  createdBy: Id<'usr'>
}

export interface RepositoryTable {
  id: Id<'rep'>
  projectId: Id<'prj'>
  name: string
  description: string
  visibility: 'private' | 'internal' | 'public'
  defaultBranch: string
  /** Opaque name of the bare repository below the data folder. */
  folder: string
  /** The next pull request's number. */
  nextNumber: number
  pushedAt: number | null
  createdAt: number
  createdBy: Id<'usr'>
}

/** A former path, lower case `project/name`, that still leads to its repository. */
export interface PathRedirectTable {
  path: string
  repositoryId: Id<'rep'>
}

export interface RoleGrantTable {
  subjectKind: 'user' | 'group'
  subjectId: Id<'usr'> | Id<'grp'>
  scopeKind: 'project' | 'repository'
  scopeId: Id<'prj'> | Id<'rep'>
  role: RepositoryRole
  createdAt: number
  createdBy: Id<'usr'>
}

export interface ProtectedBranchTable {
  repositoryId: Id<'rep'>
  /** Full ref name. */
  ref: string
  /** Where protection began: every later first-parent commit must be proven. */
  baselineOid: string
  /** The seal over that start; null while nobody has sealed it. */
  protectSealId: Id<'sea'> | null
  /** Refuse, before the tap, credentials whose signature stock git cannot check. */
  stockVerifiableOnly: Flag
  /** JSON: what else it takes to change this branch, see `repositories/branch-rule.ts`. */
  rule: string
  createdAt: number
  createdBy: Id<'usr'>
}

/** A key that may be in wrong hands, as the person said when they ended it. */
export interface RevokedKeyTable {
  credentialRecordId: Id<'crd'>
  createdAt: number
}

/** What stands of such a key: the seals that counted when that was said. Never changed, so that nobody adds one later. */
export interface StandingSealTable {
  credentialRecordId: Id<'crd'>
  sealId: Id<'sea'>
}

/** A ref about to move or moved. Start-up reconciles `prepared` rows with what git holds. */
export interface RefUpdateTable {
  id: Id<'upd'>
  /** One push moves many refs; they share this. */
  batchId: string
  repositoryId: Id<'rep'>
  ref: string
  oldOid: string
  newOid: string
  actorId: Id<'usr'>
  /** Which credential the actor used, e.g. `token tok_…` or `seal sea_…`. */
  method: string
  strength: Strength
  sealId: Id<'sea'> | null
  pullRequestId: Id<'prq'> | null
  /** The signed commit, base64, for a merge: enough to finish it after a crash. */
  commitBytes: string | null
  state: 'prepared' | 'done' | 'abandoned'
  createdAt: number
  finishedAt: number | null
}

/** A push that waits, or waited, for its person's tap. Until it ends its objects lie in git's quarantine. */
export interface HeldPushTable {
  requestId: Id<'srq'>
  repositoryId: Id<'rep'>
  ref: string
  oldOid: string
  newOid: string
  /** Name of the quarantine in the repository's object folder. */
  quarantine: string
  actorId: Id<'usr'>
  createdAt: number
  endedAt: number | null
  outcome: HeldOutcome | null
}

/** `overtaken`: the branch, a rule or the person's access changed meanwhile. `stopped`: the server ended first. */
export type HeldOutcome = 'sealed' | 'refused' | 'timed-out' | 'withdrawn' | 'overtaken' | 'gone' | 'stopped' | 'failed'

/** Held for 60 s while somebody taps, so that two people do not race for one branch. */
export interface BranchLeaseTable {
  repositoryId: Id<'rep'>
  ref: string
  userId: Id<'usr'>
  expiresAt: number
}

export interface PullRequestTable {
  id: Id<'prq'>
  repositoryId: Id<'rep'>
  number: number
  title: string
  description: string
  authorId: Id<'usr'>
  sourceRef: string
  targetRef: string
  state: 'open' | 'merged' | 'closed'
  /** The head as last seen; kept when the source branch is gone. */
  headOid: string
  /** Tip of the target when merged or closed, else when opened. */
  baseOid: string
  mergeOid: string | null
  mergeMethod: MergeMethod | null
  mergeSealId: Id<'sea'> | null
  mergedBy: Id<'usr'> | null
  /** Who is asked for the tap as soon as nothing else is missing, and how it would be merged. */
  autoMergeBy: Id<'usr'> | null
  autoMergeMethod: MergeMethod | null
  /** Why it was merged past the branch's rule; null where it was not. */
  bypassReason: string | null
  /** Until when a second person must have looked at that. */
  confirmBy: number | null
  confirmedBy: Id<'usr'> | null
  confirmSealId: Id<'sea'> | null
  confirmedAt: number | null
  createdAt: number
  updatedAt: number
  closedAt: number | null
}

/** Something said about a pull request: about a line, a range of lines, a file, or the whole. */
export interface ReviewThreadTable {
  id: Id<'thr'>
  pullRequestId: Id<'prq'>
  /** Null: about the whole. */
  path: string | null
  /** Which side of the change the lines are on; null where no line is named. */
  side: 'base' | 'head' | null
  /** Last line it is about, and the first, counted from 1 in the file as it was at `anchorOid`. */
  line: number | null
  startLine: number | null
  /** The commit whose file the lines are in: the head, or the merge base, when it was written. */
  anchorOid: string
  /** Those lines as they were, to be shown when they are gone. */
  snippet: string
  createdBy: Id<'usr'>
  createdAt: number
  resolvedBy: Id<'usr'> | null
  resolvedAt: number | null
}

export interface ReviewCommentTable {
  id: Id<'cmt'>
  threadId: Id<'thr'>
  pullRequestId: Id<'prq'>
  authorId: Id<'usr'>
  body: string
  /** Seen by its author alone until their review is sent. */
  isDraft: Flag
  createdAt: number
  editedAt: number | null
  deletedAt: number | null
  /** The commit that applied the suggestion in it. */
  appliedOid: string | null
}

/** What one person thinks of one head. An approval is a seal over exactly that head and change. */
export interface ReviewTable {
  id: Id<'rev'>
  pullRequestId: Id<'prq'>
  userId: Id<'usr'>
  verdict: 'approved' | 'changes-requested' | 'commented'
  body: string
  headOid: string
  /** Digest of the change that was read, hex; see docs/formats/seal.md. */
  patchDigest: string
  sealId: Id<'sea'> | null
  createdAt: number
  /** Taken back by its author, or by an administrator with a reason. */
  dismissedAt: number | null
  dismissedBy: Id<'usr'> | null
  dismissReason: string | null
}

/** Whose review is asked for. */
export interface ReviewerRequestTable {
  pullRequestId: Id<'prq'>
  subjectKind: 'user' | 'group'
  subjectId: Id<'usr'> | Id<'grp'>
  createdBy: Id<'usr'>
  createdAt: number
}

/** What a program found out about a commit. The newest of a name counts; all are kept. */
export interface CommitStatusTable {
  id: Id<'sta'>
  repositoryId: Id<'rep'>
  oid: string
  name: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description: string
  targetUrl: string | null
  setBy: Id<'usr'>
  /** The token it came with; null from a browser session. */
  tokenId: Id<'tok'> | null
  createdAt: number
}

/** A statement that waits for one person's tap and succeeds once. */
export interface SealRequestTable {
  id: Id<'srq'>
  /** Who is asked to tap; usually, but not always, who asked. */
  userId: Id<'usr'>
  requestedBy: Id<'usr'>
  /** The address it was asked from; empty where that is not known. */
  requestedFrom: string
  /** The browser it was asked with, as its user agent; empty for a program, whose token says it. */
  requestedDevice: string
  /** `session`, or `token <its name>`. */
  requestedVia: string
  requestedToken: Id<'tok'> | null
  /**
   * What its link `/s/…` ends in: 80 random bits, null while it was only shown on the page that asked. It leads to the
   * request and opens nothing: its person must be signed in. So it is kept readable, to be shown again.
   */
  code: string | null
  /** What it is about, where several people are asked about one thing: the id of a change. */
  about: string | null
  action: string
  repositoryId: Id<'rep'> | null
  /** JSON: the statement without its signer's credential, and for merges the commit template. */
  draft: string
  /** JSON: title and labelled facts as the person sees them. */
  facts: string
  state: 'open' | 'sealed' | 'refused' | 'withdrawn'
  createdAt: number
  expiresAt: number
  /** When its person was told that it waits; null where nobody had to, or nobody has yet. */
  announcedAt: number | null
}

/** One accepted tap over one statement. The truth; `refs/postern/*` is a projection of it. */
export interface SealTable {
  id: Id<'sea'>
  requestId: Id<'srq'>
  /** `sha256:<hex>` of the statement; unique, so that a statement counts once. */
  statementDigest: string
  action: string
  repositoryId: Id<'rep'> | null
  userId: Id<'usr'>
  credentialRecordId: Id<'crd'>
  strength: Strength
  /** Statement bytes verbatim, base64. */
  statement: string
  /** What the tap signed, base64: the commit, or the DSSE pre-authentication encoding. */
  message: string
  namespace: string
  /** Where the tap was made; the RP ID may be the same at several. */
  origin: string
  /** Raw authentication response, base64url each. */
  authenticatorData: string
  clientDataJson: string
  signature: string
  /** Armored SSHSIG; null where the credential's algorithm has no such form. */
  armored: string | null
  sealedAt: number
  /** When the act it allows was carried out; a seal allows one act once. */
  consumedAt: number | null
}

/** One row: the FIDO metadata in force. Its entries are `authenticatorModel`; both are replaced together. */
export interface MetadataBlobTable {
  /** The blob's own `no`, which only ever rises. */
  number: number
  /** The start of the day by which its maker promised a newer one. */
  nextUpdate: number
  importedAt: number
  /** A file's name, an address, or `upload`. */
  source: string
  /** Of the whole blob, hex. */
  sha256: string
  legalHeader: string
  /** The refused statuses by which all passkeys were last judged against it; null until they have been. */
  judgedBy: string | null
}

/** What the metadata in force says of one authenticator model; a model of several identifiers has a row for each. */
export interface AuthenticatorModelTable {
  /** AAGUID as UUID text, or for U2F keys the attestation certificate's key identifier: 40 hex digits. */
  key: string
  name: string
  /** `data:image/png;base64,…` */
  icon: string | null
  /** The newest `FIDO_CERTIFIED…` status, e.g. `FIDO_CERTIFIED_L1`. */
  certification: string | null
  /** Keys stay in hardware, by the maker's word. */
  isHardware: Flag
  /** Some root of it is also listed by another model, so a certificate must name the model it is for. */
  sharesRoots: Flag
  /** JSON lists of the FIDO registry's words. */
  keyProtection: string
  attachmentHint: string
  userVerification: string
  /** JSON list of `{ status, effectiveAt, certificate }`, in the blob's order. */
  statusReports: string
  /** JSON list of certificates, DER in base64. */
  attestationRoots: string
}

/** One change of the policy, in force or not. The policy in force is the one with the highest version. */
export interface PolicyChangeTable {
  id: Id<'pol'>
  /** Given when it is applied; unique, so that of two changes at once one wins. */
  version: number | null
  /** The version it was made from. */
  basedOn: number
  state: 'waiting' | 'applied' | 'withdrawn' | 'overtaken'
  /** JSON, projects and repositories by id. */
  policy: string
  digest: string
  /** Null: the operator of the machine. */
  proposedBy: Id<'usr'> | null
  sealId: Id<'sea'> | null
  approvedBy: Id<'usr'> | null
  approvalSealId: Id<'sea'> | null
  createdAt: number
  decidedAt: number | null
}

/** One thing that happened. The leaf holds every fact of the decision; the other columns are its index. */
export interface AuditEventTable {
  id: Id<'evt'>
  occurredAt: number
  action: string
  actorId: Id<'usr'> | null
  targetKind: string
  targetId: string
  repositoryId: Id<'rep'> | null
  /** How the actor was known: `session`, `token`, `passkey`, `link`, `shell`, `system`. */
  method: string
  strength: Strength | null
  outcome: 'done' | 'refused'
  /** Exact leaf bytes, RFC 8785. */
  leaf: string
  /** The act that was judged, where the leaf holds a decision. */
  policyAct: string | null
  /** Position in the tree, given by the sequencer. */
  leafIndex: number | null
}

/** Names, addresses and mail of an event: in the leaf only as salted hashes, so that they can be erased. */
export interface AuditPersonalTable {
  eventId: Id<'evt'>
  field: string
  salt: string
  value: string
}

/** A letter that waits to be sent, was sent, or could not be. The address is looked up when it is sent, never kept. */
export interface LetterTable {
  id: Id<'ltr'>
  /** Null where it goes to an address that is nobody's account yet. */
  toUserId: Id<'usr'> | null
  toAddress: string | null
  toName: string | null
  kind: string
  /** Says what happened in fixed words, without any name. */
  subject: string
  /** Emptied when nothing more is to be sent. */
  text: string
  createdAt: number
  /** The next attempt; taking a letter moves this on, so that no other node takes it too. */
  notBefore: number
  attempts: number
  sentAt: number | null
  failedAt: number | null
  /** What the mail server said last, addresses left out. */
  lastError: string | null
  /** Unique where given: a reminder goes once. */
  dedupeKey: string | null
}

/** A key of this instance, e.g. the one that signs source attestations, closed under the secret key. */
export interface SecretTable {
  name: string
  box: string
  createdAt: number
}

/** A repository that comes from another server. One row for each; a retry begins it anew. */
export interface RepositoryImportTable {
  id: Id<'imp'>
  repositoryId: Id<'rep'>
  /** Without any credential. */
  url: string
  username: string
  /** Closed; emptied when it is done. */
  passwordBox: string | null
  state: 'waiting' | 'running' | 'done' | 'failed' | 'interrupted'
  phase: 'waiting' | 'connecting' | 'counting' | 'receiving' | 'resolving' | 'checking' | 'landing'
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
  /** Closed. */
  passwordBox: string | null
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

/** What the instance says of one change of a protected branch, each a signed DSSE envelope. */
export interface SourceAttestationTable {
  refUpdateId: Id<'upd'>
  repositoryId: Id<'rep'>
  ref: string
  oid: string
  /** Of the SLSA source track. */
  level: number
  provenance: string
  summary: string
  createdAt: number
}

/** Since which commit a control of a protected branch holds without a gap; a gap ends it. */
export interface BranchControlTable {
  repositoryId: Id<'rep'>
  ref: string
  name: string
  sinceOid: string
  startedAt: number
  endedAt: number | null
}

/** An address that is told what happens in a repository. */
export interface WebhookTable {
  id: Id<'whk'>
  repositoryId: Id<'rep'>
  /** May hold secrets of the receiver's in its path: shown to administrators of the repository alone. */
  url: string
  /** JSON list of actions, or `["*"]`. */
  events: string
  isActive: Flag
  /** Closed boxes: what deliveries are signed with, and what was before, which signs too for a while. */
  secret: string
  formerSecret: string | null
  formerSecretUntil: number | null
  createdAt: number
  createdBy: Id<'usr'>
  /** Who looks after it; null: whoever made it. */
  stewardId: Id<'usr'> | null
  /** The steward's access has ended: by then somebody must have kept it, or it is switched off. Null: nothing to do. */
  adoptBy: number | null
  /** Failures in a row, those at once counted as one, and since when. */
  failures: number
  failingSince: number | null
  /** Nothing is sent before then: the receiver asked for it, or needs a rest. */
  pausedUntil: number | null
  /** Why it was switched off by itself. */
  offReason: string | null
  /** How the last attempt went; no error where it succeeded. */
  lastAt: number | null
  lastStatus: number | null
  lastError: string | null
}

/** One event for one webhook; its id is the `webhook-id` of every attempt. */
export interface WebhookDeliveryTable {
  id: Id<'dlv'>
  webhookId: Id<'whk'>
  /** The action, or `ping`. */
  type: string
  /** Exact bytes that are sent. */
  body: string
  state: 'waiting' | 'delivered' | 'failed'
  createdAt: number
  /** The next attempt; taking a delivery moves this on, so that no other node takes it too. */
  notBefore: number
  /** All attempts there were, and those since it was last asked for. */
  attempts: number
  tries: number
  /** No attempt after then. */
  giveUpAt: number
  lastStatus: number | null
  lastError: string | null
}

/** One request and what came back. Its body is the delivery's. */
export interface WebhookAttemptTable {
  deliveryId: Id<'dlv'>
  number: number
  startedAt: number
  durationMs: number
  url: string
  /** JSON lists of name and value. */
  requestHeaders: string
  status: number | null
  responseHeaders: string
  /** The first 16 KB, as text. */
  responseBody: string
  isCut: Flag
  /** Why it counts as failed, in a sentence; null where it was delivered. */
  error: string | null
}

/** Whether somebody wants a letter when something waits for their tap. */
export interface NotificationChoiceTable {
  userId: Id<'usr'>
  letters: Flag
  changedAt: number
}

/** A browser that its person wants to be told in, RFC 8030 and RFC 8291. */
export interface PushSubscriptionTable {
  id: Id<'psh'>
  userId: Id<'usr'>
  /** At the browser maker's push service; unique. */
  endpoint: string
  /** The browser's public key and shared secret, base64url: its messages open there alone. */
  p256dh: string
  auth: string
  userAgent: string
  createdAt: number
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

/** One row, `id` always 1: the number of the newest message. Moving it makes those who publish wait for each other. */
export interface BusHeadTable {
  id: number
  seq: number
}

/** What every node must hear of. */
export interface BusMessageTable {
  seq: number
  topic: string
  about: string
  at: number
}

/** A node has carried a message out. */
export interface BusConfirmationTable {
  seq: number
  nodeId: string
  at: number
  /** How many connections that cut there. */
  cut: number
}

/** A running server on this database. */
export interface NodeTable {
  id: string
  startedAt: number
  /** Written every few seconds; a node that no longer does is taken for stopped. */
  seenAt: number
  /** Everything up to this message was carried out there. */
  ackedSeq: number
  /** When it last carried one out, and how many connections that cut. */
  ackedAt: number
}

/** What an owner has set differently from the default, see `identity/settings.ts`. */
export interface SettingTable {
  name: string
  /** JSON */
  value: string
  changedAt: number
  changedBy: Id<'usr'>
}

/** What an agent asks people to allow, and the seal of whoever did. */
export interface PermissionTable {
  id: Id<'prm'>
  agentId: Id<'usr'>
  tokenId: Id<'tok'>
  /** Name of the group whose members are asked; null: whoever answers for the agent. */
  askedGroup: string | null
  title: string
  /** JSON as it was asked, RFC 8785: what the seal's `request` is the digest of. */
  body: string
  /** `sha256:<hex>` of it. */
  digest: string
  createdAt: number
  expiresAt: number
  sealId: Id<'sea'> | null
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

/** What an administrator tells everybody of a group, until it is taken down. */
export interface AnnouncementTable {
  id: Id<'ann'>
  groupId: Id<'grp'>
  title: string
  body: string
  /** The least strength of a key that whoever is told should have; null: it only tells. */
  asksFor: Strength | null
  dueAt: number | null
  createdBy: Id<'usr'>
  createdAt: number
  endedAt: number | null
}

/** Who has had an announcement in front of them. */
export interface AnnouncementReaderTable {
  announcementId: Id<'ann'>
  userId: Id<'usr'>
  seenAt: number
  /** When they put it away; it stands on their Home until then. */
  putAwayAt: number | null
}
