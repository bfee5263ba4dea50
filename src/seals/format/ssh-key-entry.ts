import { SshError } from '../../protocols/ssh/ssh-error.ts'
import { parseSshPublicKey } from '../../protocols/ssh/public-key.ts'
import { sha256 } from '../../protocols/sha256.ts'
import { type SealRecord, type SealRecordJson, readSealRecord, sealRecordToJson } from './seal-record.ts'
import { DIGEST, OPAQUE_ID, type Subject, USERNAME } from './statement.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'
import { parseTime } from './time.ts'

/** Whose a key over SSH is: one entry for each time that somebody added it, written once and never changed. */
export interface SshKeyEntry {
  /** Of this registration. */
  id: string
  userId: string
  username: string
  /** In wire form, RFC 4253 §6.6. */
  publicKey: Buffer
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string
  /** RFC 3339 UTC, whole seconds. */
  addedAt: string
  /** From when on it signs nothing, as was said when it was added. */
  expiresAt: string | null
  /** The seal by which its person added it for signing; null where only the server says whose it is. */
  enrolment: SealRecord | null
}

/** That a key has ended, and what stands of it. Written once, and never changed. */
export interface SshKeyEnd {
  id: string
  at: string
  /** Digests of the signed pushes that were there by then, in order; no other counts, whatever its date. */
  standing: string[]
}

/** The act by which a person adds a key. */
export const ENROLMENT_ACTION = 'ssh-key.add'
const SUBJECT = 'ssh-key'

/** How a statement names a key that may sign: SHA-256 of its wire form. */
export const sshKeySubject = (publicKey: Uint8Array): { name: string; digest: { sha256: string } } => ({
  name: SUBJECT,
  digest: { sha256: sha256(publicKey).toString('hex') },
})

/** Whether a statement's subjects name this key. */
export function namesSshKey(subjects: readonly Subject[], publicKey: Uint8Array): boolean {
  const named = subjects.find(({ name }) => name === SUBJECT)?.digest
  return named !== undefined && 'sha256' in named && named.sha256 === sha256(publicKey).toString('hex')
}

/** Paths in the tree of `refs/postern/signers`. */
export const sshKeyPath = (id: string): string => `ssh-keys/${id}.json`
export const sshKeyEndPath = (id: string): string => `ssh-keys-ended/${id}.json`

interface SshKeyEntryJson extends Omit<SshKeyEntry, 'publicKey' | 'enrolment'> {
  version: 1
  publicKey: string
  enrolment: SealRecordJson | null
}

export function renderSshKeyEntry({ publicKey, enrolment, ...plain }: SshKeyEntry): Buffer {
  const rendered: SshKeyEntryJson = {
    version: 1,
    ...plain,
    publicKey: publicKey.toString('base64'),
    enrolment: enrolment && sealRecordToJson(enrolment),
  }
  return renderCanonical(rendered)
}

export const renderSshKeyEnd = ({ standing, ...end }: SshKeyEnd): Buffer =>
  renderCanonical({ version: 1, ...end, standing: [...new Set(standing)].toSorted() })

const json: StrictJson = new StrictJson('entry-malformed')
const FIELDS = ['version', 'id', 'userId', 'username', 'publicKey', 'fingerprint', 'addedAt', 'expiresAt', 'enrolment']
const MOST = 10_000_000

/** Throws SealError `entry-malformed`; the fingerprint is recomputed. */
export function parseSshKeyEntry(bytes: Uint8Array): SshKeyEntry {
  const from = json.fields(json.parse(bytes), 'the entry', FIELDS)
  json.oneOf(from['version'], 'version', [1])
  const publicKey = json.bytes(from['publicKey'], 'publicKey', 'base64', 4096)
  if (fingerprintOf(publicKey) !== from['fingerprint']) json.fail('the fingerprint is not that of the key')
  return {
    id: json.text(from['id'], 'id', OPAQUE_ID),
    userId: json.text(from['userId'], 'userId', OPAQUE_ID),
    username: json.text(from['username'], 'username', USERNAME),
    publicKey,
    fingerprint: from['fingerprint'],
    addedAt: readTime(from['addedAt']),
    expiresAt: json.nullable(from['expiresAt'], readTime),
    enrolment: json.nullable(from['enrolment'], readSealRecord),
  }
}

/** Throws SealError `entry-malformed`. */
export function parseSshKeyEnd(bytes: Uint8Array): SshKeyEnd {
  const from = json.fields(json.parse(bytes), 'the end', ['version', 'id', 'at', 'standing'])
  json.oneOf(from['version'], 'version', [1])
  const standing = json.list(from['standing'], 'standing', { min: 0, max: MOST }, (item) =>
    json.text(item, 'a digest', DIGEST),
  )
  if (standing.some((digest, index) => index > 0 && digest <= (standing[index - 1] ?? ''))) {
    json.fail('standing is not in order, each once')
  }
  return { id: json.text(from['id'], 'id', OPAQUE_ID), at: readTime(from['at']), standing }
}

function fingerprintOf(publicKey: Buffer): string {
  try {
    return parseSshPublicKey(publicKey).fingerprint
  } catch (cause) {
    if (!(cause instanceof SshError)) throw cause
    return json.fail(`not a key over SSH: ${cause.message}`, cause)
  }
}

function readTime(value: unknown): string {
  if (typeof value !== 'string' || parseTime(value) === undefined) json.fail('not a time')
  return value
}
