import type { SshKeyView } from '../../api/shapes.ts'
import { strengthWords } from '../../ui/strength-words.ts'

/** What a pasted public key is, as far as its one line says; the server reads all of it. */
export interface PastedKey {
  type: string
  base64: string
  comment: string
  isSecurityKey: boolean
  /** As in "Ed25519, on a security key". */
  kind: string
}

const kinds: Record<string, { kind: string; file: string }> = {
  'ssh-ed25519': { kind: 'Ed25519, in a file', file: 'id_ed25519' },
  'sk-ssh-ed25519@openssh.com': { kind: 'Ed25519, on a security key', file: 'id_ed25519_sk' },
  'sk-ecdsa-sha2-nistp256@openssh.com': { kind: 'ECDSA, on a security key', file: 'id_ecdsa_sk' },
  'ecdsa-sha2-nistp256': { kind: 'ECDSA, in a file', file: 'id_ecdsa' },
  'ecdsa-sha2-nistp384': { kind: 'ECDSA, in a file', file: 'id_ecdsa' },
  'ecdsa-sha2-nistp521': { kind: 'ECDSA, in a file', file: 'id_ecdsa' },
  'ssh-rsa': { kind: 'RSA, in a file', file: 'id_rsa' },
}

export const kindOfKey = (type: string): string => kinds[type]?.kind ?? type

/** What it is for, and what it counts for there. */
export function worthOfKey(
  key: Pick<SshKeyView, 'forLogin' | 'forSigning' | 'isSecurityKey' | 'strength'>,
  whom: 'you' | 'them' = 'you',
): string {
  const { forLogin, forSigning, isSecurityKey, strength } = key
  if (!forLogin) return 'signs commits only'
  const counts = isSecurityKey ? `with its PIN it counts as ${strengthWords[strength]}` : 'counts as a password'
  return `lets ${whom} in${forSigning ? ' and signs commits' : ''}, ${counts}`
}

/** Null for what is no line of a `.pub` file. */
export function readPastedKey(text: string): PastedKey | null {
  const [, type = '', base64 = '', comment = ''] =
    /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/.exec(text.trim()) ?? []
  const known = kinds[type]
  if (known === undefined) return null
  return { type, base64, comment: comment.trim(), isSecurityKey: type.startsWith('sk-'), kind: known.kind }
}

/** What is wrong with what was pasted, before anybody asks the server. */
export function pastedProblem(text: string): string | null {
  if (text.trim() === '') return 'Please paste the public key'
  if (text.includes('PRIVATE KEY'))
    return 'This is the private key, which nobody else may have. Paste the line in the file that ends in .pub'
  if (readPastedKey(text) === null) return 'This is not a public key: it is one line, from a file that ends in .pub'
  return null
}

/** `SHA256:…`, as `ssh-keygen -l` prints it. */
export async function fingerprintOf({ base64 }: PastedKey): Promise<string> {
  const blob = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob))
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, '')}`
}

export interface Enrolment {
  statement: string
  namespace: string
}

/** Has a key sign whose it is. */
export const signCommand = ({ statement, namespace }: Enrolment, { type }: Pick<PastedKey, 'type'>): string =>
  `echo '${statement}' | ssh-keygen -Y sign -n ${namespace} -f ~/.ssh/${kinds[type]?.file ?? 'id_ed25519'}`

/** Makes a security key that asks for its PIN, and has it prove its model. */
export const makeCommands = ({ statement }: Pick<Enrolment, 'statement'>): string[] => [
  `echo '${statement}' > postern-challenge`,
  'ssh-keygen -t ed25519-sk -O verify-required -O challenge=postern-challenge -O write-attestation=postern-attestation',
]
