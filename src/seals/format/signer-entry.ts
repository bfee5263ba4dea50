import { createHash } from 'node:crypto'
import { fingerprint } from '../../protocols/sshsig/fingerprint.ts'
import { sshPublicKey } from '../../protocols/sshsig/webauthn-signature.ts'
import { type CoseKey, COSE_ALGORITHMS, type CoseAlgorithm } from '../../protocols/webauthn/cose.ts'
import { credentialKey } from '../../protocols/webauthn/key-cache.ts'
import { asProofError } from './proof-error.ts'
import { SealError } from './seal-error.ts'
import { type SealRecord, type SealRecordJson, readSealRecord, sealRecordToJson } from './seal-record.ts'
import { CREDENTIAL_ID, OPAQUE_ID, USERNAME } from './statement.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'
import { parseTime } from './time.ts'

export const ENROLLED_VIA = ['setup', 'credential', 'invitation', 'recovery', 'password'] as const

/** Which key belongs to whom: one entry per credential, never removed, changed only by `endorsement` and `ended`. */
export interface SignerEntry {
  /** `username@rpId` */
  principal: string
  userId: string
  username: string
  displayName: string
  /** base64url */
  credentialId: string
  algorithm: CoseAlgorithm
  /** COSE bytes. */
  publicKey: Buffer
  /** As ssh-keygen prints it for ES256; for the others of the COSE bytes. */
  fingerprint: string
  /** The authenticator's own and unchanging claim that the key may be copied between devices. */
  backupEligible: boolean
  rpId: string
  /** Two lists, so that sealing can move to an origin of its own. */
  origins: { signIn: string[]; sealing: string[] }
  enrolledVia: (typeof ENROLLED_VIA)[number]
  /** RFC 3339 UTC, whole seconds. */
  addedAt: string
  /** The seal by which somebody vouched for this key. */
  endorsement: SealRecord | null
  /** From `at` on the key seals nothing; `seal` is the tap that ended it, where a person did. */
  ended: { at: string; seal: SealRecord | null } | null
}

interface SignerEntryJson extends Omit<SignerEntry, 'publicKey' | 'endorsement' | 'ended'> {
  version: 1
  publicKey: string
  endorsement: SealRecordJson | null
  ended: { at: string; seal: SealRecordJson | null } | null
}

export type NewSignerEntry = Omit<SignerEntry, 'principal' | 'algorithm' | 'fingerprint'>

/** Fills in what follows from the rest, and checks all of it. Throws SealError. */
export function createSignerEntry(facts: NewSignerEntry): SignerEntry {
  const key = keyOf(facts)
  const entry: SignerEntry = {
    ...facts,
    principal: principalOf(facts.username, facts.rpId),
    algorithm: key.algorithm,
    fingerprint: fingerprintOf(key, facts),
  }
  return parseSignerEntry(renderSignerEntry(entry))
}

export function renderSignerEntry(entry: SignerEntry): Buffer {
  const { endorsement, ended, publicKey, ...plain } = entry
  const rendered: SignerEntryJson = {
    version: 1,
    ...plain,
    publicKey: publicKey.toString('base64'),
    endorsement: endorsement && sealRecordToJson(endorsement),
    ended: ended && { at: ended.at, seal: ended.seal && sealRecordToJson(ended.seal) },
  }
  return renderCanonical(rendered)
}

const json: StrictJson = new StrictJson('entry-malformed')
const FIELDS = [
  'version',
  'principal',
  'userId',
  'username',
  'displayName',
  'credentialId',
  'algorithm',
  'publicKey',
  'fingerprint',
  'backupEligible',
  'rpId',
  'origins',
  'enrolledVia',
  'addedAt',
  'endorsement',
  'ended',
]
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*$/
const ORIGIN = /^https?:\/\/[a-z0-9.-]{1,253}(?::\d{1,5})?$/
const DISPLAY_NAME = /^[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}$/u

/** Throws SealError `entry-malformed`, or `principal-invalid`; principal and fingerprint are recomputed. */
export function parseSignerEntry(bytes: Uint8Array): SignerEntry {
  const from = json.fields(json.parse(bytes), 'the entry', FIELDS)
  json.oneOf(from['version'], 'version', [1])
  const origins = json.fields(from['origins'], 'origins', ['signIn', 'sealing'])
  const entry: SignerEntry = {
    principal: String(from['principal']),
    userId: json.text(from['userId'], 'userId', OPAQUE_ID),
    username: json.text(from['username'], 'username', USERNAME),
    displayName: json.text(from['displayName'], 'displayName', DISPLAY_NAME),
    credentialId: json.text(from['credentialId'], 'credentialId', CREDENTIAL_ID),
    algorithm: json.oneOf(from['algorithm'], 'algorithm', COSE_ALGORITHMS),
    publicKey: json.bytes(from['publicKey'], 'publicKey', 'base64', 4096),
    fingerprint: String(from['fingerprint']),
    backupEligible: json.oneOf(String(from['backupEligible']), 'backupEligible', ['true', 'false']) === 'true',
    rpId: json.text(from['rpId'], 'rpId', HOST),
    origins: { signIn: readOrigins(origins['signIn']), sealing: readOrigins(origins['sealing']) },
    enrolledVia: json.oneOf(from['enrolledVia'], 'enrolledVia', ENROLLED_VIA),
    addedAt: readTime(from['addedAt']),
    endorsement: json.nullable(from['endorsement'], readSealRecord),
    ended: json.nullable(from['ended'], readEnded),
  }
  checkDerived(entry)
  return entry
}

function readOrigins(value: unknown): string[] {
  return json.list(value, 'origins', { min: 0, max: 16 }, (item) => json.text(item, 'origin', ORIGIN))
}

function readEnded(value: unknown): NonNullable<SignerEntry['ended']> {
  const { at, seal } = json.fields(value, 'ended', ['at', 'seal'])
  return { at: readTime(at), seal: json.nullable(seal, readSealRecord) }
}

function readTime(value: unknown): string {
  if (typeof value !== 'string' || parseTime(value) === undefined) json.fail('not a time')
  return value
}

/** Nothing that follows from the key or the name may say otherwise. */
function checkDerived(entry: SignerEntry): void {
  const key = keyOf(entry)
  if (entry.principal !== principalOf(entry.username, entry.rpId)) {
    throw new SealError('principal-invalid', 'the principal is not username@rpId')
  }
  if (entry.algorithm !== key.algorithm || entry.fingerprint !== fingerprintOf(key, entry)) {
    json.fail('algorithm or fingerprint are not those of the key')
  }
}

/**
 * `username@rpId`. Throws SealError `principal-invalid`: in an allowed_signers file `*`, `?`, `!` and commas make
 * patterns, and quotes, blanks and line ends make other fields.
 */
export function principalOf(username: string, rpId: string): string {
  if (!USERNAME.test(username) || !HOST.test(rpId)) {
    throw new SealError('principal-invalid', 'user name or RP ID cannot stand in a principal')
  }
  return `${username}@${rpId}`
}

/** SHA-256 of the COSE key, hex: how a statement names a credential, as the subject `credential`. */
export function credentialDigest(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex')
}

function keyOf(credential: { credentialId: string; publicKey: Buffer }): CoseKey {
  return asProofError(() => credentialKey({ id: credential.credentialId, publicKey: credential.publicKey }))
}

function fingerprintOf(key: CoseKey, credential: { publicKey: Buffer; rpId: string }): string {
  return fingerprint(key.p256 ? sshPublicKey(key.p256, credential.rpId) : credential.publicKey)
}
