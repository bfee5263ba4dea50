import { createHash } from 'node:crypto'
import { sshPublicKey } from '../../protocols/sshsig/webauthn-signature.ts'
import { credentialKey } from '../../protocols/webauthn/key-cache.ts'
import type { SignerEntry } from './signer-entry.ts'
import { CREDENTIAL_ID, DIGEST } from './statement.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'
import { parseTime } from './time.ts'

/** What stands of a key that may be in wrong hands. Written once, when that was said, and never changed. */
export interface Revocation {
  /** base64url */
  credentialId: string
  /** RFC 3339 UTC, whole seconds. */
  at: string
  /** Digests of the statements that it had sealed until then, in order; no other seal of it counts, whatever its date. */
  standing: string[]
}

/** A signer as known to whoever verifies: with what stands of their key, where it may be in wrong hands. */
export interface KnownSigner extends SignerEntry {
  standing?: ReadonlySet<string>
}

export const REVOKED_KEYS = 'revoked_keys'

/** Path in the tree of `refs/postern/signers`. */
export function revocationPath(credentialId: string): string {
  const hash = createHash('sha256').update(Buffer.from(credentialId, 'base64url')).digest('hex')
  return `revoked/${hash.slice(0, 2)}/${hash}.json`
}

export function renderRevocation({ standing, ...revocation }: Revocation): Buffer {
  return renderCanonical({ version: 1, ...revocation, standing: [...new Set(standing)].toSorted() })
}

const json: StrictJson = new StrictJson('revocation-malformed')
const MOST = 10_000_000

/** Throws SealError `revocation-malformed`. */
export function parseRevocation(bytes: Uint8Array): Revocation {
  const from = json.fields(json.parse(bytes), 'the revocation', ['version', 'credentialId', 'at', 'standing'])
  json.oneOf(from['version'], 'version', [1])
  const at = json.text(from['at'], 'at', /Z$/)
  if (parseTime(at) === undefined) json.fail('at is not a time')
  const standing = json.list(from['standing'], 'standing', { min: 0, max: MOST }, (item) =>
    json.text(item, 'a digest', DIGEST),
  )
  if (standing.some((digest, index) => index > 0 && digest <= (standing[index - 1] ?? ''))) {
    json.fail('standing is not in order, each once')
  }
  return { credentialId: json.text(from['credentialId'], 'credentialId', CREDENTIAL_ID), at, standing }
}

/**
 * For stock git's `gpg.ssh.revocationFile`: the OpenSSH public key of each ES256 key that may be in wrong hands, one a
 * line, in the order in which that was said.
 */
export function renderRevokedKeys(entries: readonly SignerEntry[], revocations: readonly Revocation[]): string {
  const known = new Map(entries.map((entry) => [entry.credentialId, entry]))
  const key = ({ at, credentialId }: Revocation) => `${at} ${credentialId}`
  const lines = revocations
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .flatMap(({ credentialId }) => {
      const entry = known.get(credentialId)
      const p256 = entry && credentialKey({ id: credentialId, publicKey: entry.publicKey }).p256
      return p256 ? [`sk-ecdsa-sha2-nistp256@openssh.com ${sshPublicKey(p256, entry.rpId).toString('base64')}\n`] : []
    })
  return [...new Set(lines)].join('')
}

/**
 * Signers with what stands of those keys that may be in wrong hands. A key is lost, or has ended, whatever the list calls
 * it: under another credential id it seals no more than under the one of which that was said.
 */
export function withStanding(entries: readonly SignerEntry[], revocations: readonly Revocation[]): KnownSigner[] {
  const standing = new Map(revocations.map((one) => [one.credentialId, new Set(one.standing)]))
  const ended = new Map<string, SignerEntry[]>()
  for (const entry of entries) {
    if (entry.ended) ended.set(nameOfKey(entry), [...(ended.get(nameOfKey(entry)) ?? []), entry])
  }
  return entries.map((entry): KnownSigner => {
    const same = ended.get(nameOfKey(entry)) ?? []
    const [first] = same.map((one) => one.ended).toSorted((a, b) => ((a?.at ?? '') < (b?.at ?? '') ? -1 : 1))
    const [other] = same.flatMap(({ credentialId }) => standing.get(credentialId) ?? [])
    const stands = standing.get(entry.credentialId) ?? other
    return { ...entry, ended: first ?? null, ...(stands && { standing: stands }) }
  })
}

const nameOfKey = ({ publicKey }: SignerEntry): string => publicKey.toString('base64')
