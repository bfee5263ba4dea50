import { createHash } from 'node:crypto'
import { byAge, renderAllowedSigners } from './allowed-signers.ts'
import { REVOKED_KEYS, type Revocation, renderRevocation, renderRevokedKeys, revocationPath } from './revocation.ts'
import { pushDigest, pushPath, type PushRecord, readPushCertificate, renderPushRecord } from './push-record.ts'
import { type SealRecord, renderSealRecord } from './seal-record.ts'
import { type SignerEntry, renderSignerEntry } from './signer-entry.ts'
import {
  renderSshKeyEnd,
  renderSshKeyEntry,
  type SshKeyEnd,
  sshKeyEndPath,
  type SshKeyEntry,
  sshKeyPath,
} from './ssh-key-entry.ts'
import { BRANCH_REF, DIGEST, OPAQUE_ID, statementDigest } from './statement.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'
import { parseTime } from './time.ts'

export const SIGNERS_REF = 'refs/postern/signers'
export const SEALS_REF = 'refs/postern/seals'

/** Where a branch's protection began. */
export interface Protection {
  repositoryId: string
  ref: string
  /** Every later first-parent commit must be proven. */
  baseline: string
  /** Digest of the `protect` statement; null while the start is only recorded. Set once. */
  statementDigest: string | null
  startedAt: string
}

/** Path in the tree of `refs/postern/signers`. */
export function signerPath(credentialId: string): string {
  const hash = createHash('sha256').update(Buffer.from(credentialId, 'base64url')).digest('hex')
  return `signers/${hash.slice(0, 2)}/${hash}.json`
}

/** Path in the tree of `refs/postern/seals`; `digest` as `sha256:<hex>`. */
export function sealPath(digest: string): string {
  const hex = digest.slice('sha256:'.length)
  return `${hex.slice(0, 2)}/${hex}.json`
}

export function protectionPath(ref: string): string {
  return `protected/${createHash('sha256').update(ref).digest('hex')}.json`
}

/** Every file of `refs/postern/signers`, but for those of keys over SSH. */
export function renderSignersTree(
  entries: readonly SignerEntry[],
  revocations: readonly Revocation[] = [],
): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  files.set('allowed_signers', Buffer.from(renderAllowedSigners(entries)))
  files.set(REVOKED_KEYS, Buffer.from(renderRevokedKeys(entries, revocations)))
  for (const revocation of revocations) files.set(revocationPath(revocation.credentialId), renderRevocation(revocation))
  for (const entry of byAge(entries)) files.set(signerPath(entry.credentialId), renderSignerEntry(entry))
  return files
}

/** Every file of `refs/postern/seals`; or only the new ones, for the caller to lay over the last tree. */
export function renderSealsTree(
  records: readonly SealRecord[],
  protections: readonly Protection[],
): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const record of records) files.set(sealPath(statementDigest(record.statement)), renderSealRecord(record))
  for (const protection of protections) files.set(protectionPath(protection.ref), renderProtection(protection))
  return files
}

/** Those files of `refs/postern/signers` that are about keys over SSH. */
export const renderSshKeys = (keys: readonly SshKeyEntry[], ends: readonly SshKeyEnd[]): Map<string, Buffer> =>
  new Map([
    ...keys.map((key): [string, Buffer] => [sshKeyPath(key.id), renderSshKeyEntry(key)]),
    ...ends.map((end): [string, Buffer] => [sshKeyEndPath(end.id), renderSshKeyEnd(end)]),
  ])

/** Those files of `refs/postern/seals` that are signed pushes. */
export const renderPushes = (pushes: readonly PushRecord[]): Map<string, Buffer> =>
  new Map(pushes.map((push) => [pushPath(pushDigest(readPushCertificate(push))), renderPushRecord(push)]))

export function renderProtection(protection: Protection): Buffer {
  return renderCanonical({ version: 1, ...protection })
}

const json: StrictJson = new StrictJson('protection-malformed')

/** Throws SealError `protection-malformed`. */
export function parseProtection(bytes: Uint8Array): Protection {
  const fields = ['version', 'repositoryId', 'ref', 'baseline', 'statementDigest', 'startedAt']
  const from = json.fields(json.parse(bytes), 'the protection', fields)
  json.oneOf(from['version'], 'version', [1])
  const startedAt = json.text(from['startedAt'], 'startedAt', /Z$/)
  if (parseTime(startedAt) === undefined) json.fail('startedAt is not a time')
  return {
    repositoryId: json.text(from['repositoryId'], 'repositoryId', OPAQUE_ID),
    ref: json.text(from['ref'], 'ref', BRANCH_REF),
    baseline: json.text(from['baseline'], 'baseline', /^[0-9a-f]{40}$/),
    statementDigest: json.nullable(from['statementDigest'], (digest) => json.text(digest, 'statementDigest', DIGEST)),
    startedAt,
  }
}
