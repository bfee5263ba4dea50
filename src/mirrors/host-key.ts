import { invalid } from '../http/problem.ts'
import { parseSshPublicKey, sshPublicKeyLine } from '../protocols/ssh/public-key.ts'

/**
 * What a server's key must be, as it is kept: `<type> <base64>`, or its fingerprint until it has been seen. Taken from a
 * line of `known_hosts`, of a `.pub` file, or a fingerprint. @throws ProblemError 422 for the field `hostKey`
 */
export function checkHostKey(given: string): string | null {
  const lines = given.split('\n').map((each) => each.trim())
  const text = lines.find((each) => each !== '' && !each.startsWith('#')) ?? ''
  if (text === '') return null
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return text
  const [, line = ''] = /^(?:[^@\s]\S* +)?((?:ssh|ecdsa|sk)-\S+ +[A-Za-z0-9+/=]+)/.exec(text) ?? []
  try {
    return sshPublicKeyLine(parseSshPublicKey(line))
  } catch {
    throw invalid('hostKey', 'Give a fingerprint such as SHA256:…, or the server’s line of a known_hosts file.')
  }
}

export const hostKeyFingerprint = (kept: string | null): string | null =>
  kept === null || kept.startsWith('SHA256:') ? kept : parseSshPublicKey(kept).fingerprint
