import { sshPublicKey } from '../../protocols/sshsig/webauthn-signature.ts'
import { credentialKey } from '../../protocols/webauthn/key-cache.ts'
import { type SignerEntry, principalOf } from './signer-entry.ts'
import { GIT_NAMESPACE, SEAL_NAMESPACE } from './statement.ts'

const KEY_TYPE = 'sk-ecdsa-sha2-nistp256@openssh.com'

/**
 * One line for `gpg.ssh.allowedSignersFile`; undefined for a credential that is not ES256. An ended key stays, valid
 * for commits dated before its end. Throws SealError `principal-invalid`.
 */
export function allowedSignersLine(entry: SignerEntry): string | undefined {
  // Composed anew, whatever the entry says: this is the line of defence before a format full of patterns.
  const principal = principalOf(entry.username, entry.rpId)
  const key = credentialKey({ id: entry.credentialId, publicKey: entry.publicKey })
  if (!key.p256) return undefined
  const options = [`namespaces="${GIT_NAMESPACE},${SEAL_NAMESPACE}"`]
  // Z makes it UTC, which needs OpenSSH 9.1; an older one rejects the line, never accepts it wrongly.
  if (entry.ended) options.push(`valid-before="${entry.ended.at.replace(/[-:T]/g, '')}"`)
  const blob = sshPublicKey(key.p256, entry.rpId)
  return `${principal} ${options.join(',')} ${KEY_TYPE} ${blob.toString('base64')}`
}

/** The whole file, oldest entry first. */
export function renderAllowedSigners(entries: readonly SignerEntry[]): string {
  const lines = byAge(entries).map(allowedSignersLine)
  return lines.map((line) => (line === undefined ? '' : `${line}\n`)).join('')
}

/** Oldest first; entries of one second in the order of their ids, so that the order is always the same. */
export function byAge(entries: readonly SignerEntry[]): SignerEntry[] {
  const key = (entry: SignerEntry) => `${entry.addedAt} ${entry.credentialId}`
  return entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}
