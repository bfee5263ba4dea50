import { renderAllowedSigners } from '../seals/format/allowed-signers.ts'
import { type Protection, parseProtection, protectionPath, sealPath, signerPath } from '../seals/format/projection.ts'
import {
  type KnownSigner,
  REVOKED_KEYS,
  type Revocation,
  parseRevocation,
  renderRevokedKeys,
  revocationPath,
  withStanding,
} from '../seals/format/revocation.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { type SealRecord, parseSealRecord } from '../seals/format/seal-record.ts'
import { type SignerEntry, parseSignerEntry } from '../seals/format/signer-entry.ts'
import { parseSshKeyEnd, parseSshKeyEntry, sshKeyEndPath, sshKeyPath } from '../seals/format/ssh-key-entry.ts'
import { statementDigest } from '../seals/format/statement.ts'
import type { KnownSshKey } from '../seals/format/verify-signed-push.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { ObjectReader } from './object-reader.ts'

/** What the two refs say at their tips. */
export interface Projection {
  entries: KnownSigner[]
  /** Keys that may be in wrong hands, and what stands of them. */
  revocations: Revocation[]
  /** By branch. */
  protections: Map<string, Protection>
  /** Whether `allowed_signers`, which stock tools read, says what the entries say. */
  allowedSignersAgree: boolean
  /** The same of `revoked_keys`. */
  revokedKeysAgree: boolean
  /** Blob ids of seals by the digest of their statement. */
  sealBlobs: Map<string, string>
  /** Keys over SSH that signed pushes, by id. */
  sshKeys: Map<string, KnownSshKey>
  /** Blob ids of signed pushes by path. */
  pushBlobs: Map<string, string>
}

/** From the blob ids of their files, by path. Throws CannotJudge where a ref holds what this format does not know. */
export async function loadProjection(
  { signers, seals }: Record<'signers' | 'seals', ReadonlyMap<string, string>>,
  objects: ObjectReader,
): Promise<Projection> {
  const entries = await readAll(signers, 'signers/', objects, parseSignerEntry, (entry) =>
    signerPath(entry.credentialId),
  )
  const protections = await readAll(seals, 'protected/', objects, parseProtection, (one) => protectionPath(one.ref))
  const revocations = await readAll(signers, 'revoked/', objects, parseRevocation, (one) =>
    revocationPath(one.credentialId),
  )
  checkEnded(entries, revocations)
  checkRestsOnce(entries.map(({ endorsement }) => endorsement))
  const [allowed, revoked] = await Promise.all(
    ['allowed_signers', REVOKED_KEYS].map(async (name) => {
      const oid = signers.get(name)
      return oid === undefined ? undefined : (await objects.read([oid], 'blob'))[0]?.toString()
    }),
  )
  const sealBlobs = new Map<string, string>()
  for (const [path, oid] of seals) {
    const [, hex] = /^[0-9a-f]{2}\/([0-9a-f]{64})\.json$/.exec(path) ?? []
    if (hex !== undefined && sealPath(`sha256:${hex}`) === path) sealBlobs.set(`sha256:${hex}`, oid)
  }
  return {
    entries: withStanding(entries, revocations),
    revocations,
    protections: new Map(protections.map((protection) => [protection.ref, protection])),
    allowedSignersAgree: allowed === renderAllowedSigners(entries),
    revokedKeysAgree: (revoked ?? '') === renderRevokedKeys(entries, revocations),
    sealBlobs,
    sshKeys: await readSshKeys(signers, objects),
    pushBlobs: new Map([...seals].filter(([path]) => path.startsWith('pushes/'))),
  }
}

async function readSshKeys(
  signers: ReadonlyMap<string, string>,
  objects: ObjectReader,
): Promise<Map<string, KnownSshKey>> {
  const entries = await readAll(signers, 'ssh-keys/', objects, parseSshKeyEntry, ({ id }) => sshKeyPath(id))
  const ends = await readAll(signers, 'ssh-keys-ended/', objects, parseSshKeyEnd, ({ id }) => sshKeyEndPath(id))
  checkRestsOnce(entries.map(({ enrolment }) => enrolment))
  const keys = new Map<string, KnownSshKey>(entries.map((entry) => [entry.id, entry]))
  for (const { id, standing } of ends) {
    const key = keys.get(id)
    if (key) keys.set(id, { ...key, standing: new Set(standing) })
  }
  return keys
}

/** A tap adds a key, or vouches for it, once: one that has ended does not begin anew by the tap of before. */
function checkRestsOnce(taps: readonly (SealRecord | null)[]): void {
  const digests = taps.flatMap((tap) => (tap === null ? [] : statementDigest(tap.statement)))
  if (new Set(digests).size !== digests.length)
    throw new CannotJudge('signers-malformed', 'two keys rest on one and the same seal')
}

/** A key that is still in use cannot be one that somebody lost. */
function checkEnded(entries: readonly SignerEntry[], revocations: readonly Revocation[]): void {
  const known = new Map(entries.map((entry) => [entry.credentialId, entry]))
  for (const { credentialId, at } of revocations) {
    const ended = known.get(credentialId)?.ended
    if (!ended || at < ended.at) {
      throw new CannotJudge('signers-malformed', `${revocationPath(credentialId)} is of no key that had ended`)
    }
  }
}

/** Records by digest; one that cannot be read is left out, as if it were not there. */
export async function readSeals(
  sealBlobs: ReadonlyMap<string, string>,
  digests: Iterable<string>,
  objects: ObjectReader,
): Promise<Map<string, SealRecord>> {
  const wanted = [...new Set(digests)].flatMap((digest) => {
    const oid = sealBlobs.get(digest)
    return oid === undefined ? [] : [{ digest, oid }]
  })
  const blobs = await objects.read(
    wanted.map(({ oid }) => oid),
    'blob',
  )
  const records = new Map<string, SealRecord>()
  for (const [index, { digest }] of wanted.entries()) {
    try {
      records.set(digest, parseSealRecord(blobs[index] ?? Buffer.alloc(0)))
    } catch (error) {
      if (!(error instanceof SealError)) throw error
    }
  }
  return records
}

async function readAll<T>(
  files: ReadonlyMap<string, string>,
  folder: string,
  objects: ObjectReader,
  parse: (bytes: Buffer) => T,
  pathOf: (value: T) => string,
): Promise<T[]> {
  const wanted = [...files].filter(([path]) => path.startsWith(folder))
  const blobs = await objects.read(
    wanted.map(([, oid]) => oid),
    'blob',
  )
  return blobs.map((blob, index) => {
    const path = wanted[index]?.[0]
    try {
      const value = parse(blob)
      if (pathOf(value) === path) return value
    } catch (cause) {
      if (!(cause instanceof SealError)) throw cause
      throw new CannotJudge('signers-malformed', `${path ?? folder}: ${cause.message}`, { cause })
    }
    throw new CannotJudge('signers-malformed', `${path ?? folder} is not where its content belongs`)
  })
}
