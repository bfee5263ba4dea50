import { splitGpgsig } from '../../protocols/sshsig/commit-signature.ts'
import { SshsigError } from '../../protocols/sshsig/sshsig.ts'
import { splitTagSignature } from '../../protocols/sshsig/tag-signature.ts'
import { verifySshsig } from '../../protocols/sshsig/verify-sshsig.ts'
import type { SkFlags } from '../../protocols/ssh/verify-signature.ts'
import { GIT_NAMESPACE } from '../../seals/format/statement.ts'

/**
 * What bytes say of who signed them. `verified`: this key did, whoever has it; `unjudged`: it is of a kind that is only
 * shown; `broken`: no key made it over these bytes, or it is not written in the one way that is read here.
 */
export type Signature =
  | { state: 'verified'; fingerprint: string; touch: SkFlags | null; inBrowser: boolean }
  | { state: 'unjudged'; kind: 'GPG' | 'X.509' }
  | { state: 'broken'; isMismatch: boolean; why: string }

/** Of a commit or a tag; `by` is the mail address that it names for whoever made it, lower case. */
export type ObjectSignature = { state: 'none' } | (Signature & { by: string })

const kinds: readonly [begin: string, 'GPG' | 'X.509'][] = [
  ['-----BEGIN PGP ', 'GPG'],
  ['-----BEGIN SIGNED MESSAGE-----', 'X.509'],
]

/**
 * `commit-signatures/` owns who signed a commit, a tag or a push with a key of their own: what the bytes prove, whose
 * registered key that is, and which commits a branch that takes only signed ones would not take. It never moves a ref.
 */
export function readObjectSignature(type: 'commit' | 'tag', bytes: Buffer): ObjectSignature {
  const by = makerOf(type, bytes)
  try {
    const split = type === 'commit' ? splitGpgsig(bytes) : splitTagSignature(bytes)
    return split === undefined ? { state: 'none' } : { ...readSignature(split.armored, split.payload), by }
  } catch (error) {
    if (error instanceof SshsigError) return { ...brokenBy(error), by }
    throw error
  }
}

/** The signature itself, made for git and nothing else. */
export function readSignature(armored: string, payload: Uint8Array): Signature {
  const [, kind] = kinds.find(([begin]) => armored.startsWith(begin)) ?? []
  if (kind !== undefined) return { state: 'unjudged', kind }
  try {
    const { fingerprint, touch, origin } = verifySshsig(armored, GIT_NAMESPACE, payload)
    return { state: 'verified', fingerprint, touch, inBrowser: origin !== null }
  } catch (error) {
    if (error instanceof SshsigError) return brokenBy(error)
    throw error
  }
}

const brokenBy = ({ code, message }: SshsigError): Extract<Signature, { state: 'broken' }> => ({
  state: 'broken',
  isMismatch: code === 'signature-invalid',
  why: message,
})

/** By the header alone: a message may hold a line that reads like one. */
function makerOf(type: 'commit' | 'tag', bytes: Buffer): string {
  const end = bytes.indexOf('\n\n')
  const head = bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
  const header = type === 'commit' ? /^committer [^<>\n]*<([^<>\n]*)>/m : /^tagger [^<>\n]*<([^<>\n]*)>/m
  return (header.exec(head)?.[1] ?? '').toLowerCase()
}
