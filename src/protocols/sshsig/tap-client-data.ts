import { isUtf8 } from 'node:buffer'
import { SshsigError } from './sshsig.ts'

/** That the client data is of this challenge and origin. Throws SshsigError. */
export function checkTapClientData(bytes: Buffer, challengeBytes: Buffer, origin: string): void {
  const challenge = challengeBytes.toString('base64url')
  checkClientDataPrefix(bytes, challenge, origin)
  const read = readTapClientData(bytes)
  // The prefix is what stock tools look at; a later member of the same name must not say something else.
  if (read.challenge !== challenge || read.origin !== origin) {
    throw new SshsigError('client-data-mismatch', 'the client data contradicts itself')
  }
}

/** The three members that PROTOCOL.u2f compares, in their fixed place. */
export function checkClientDataPrefix(bytes: Buffer, challenge: string, origin: string): void {
  const prefix = Buffer.from(`{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}"`)
  const next = bytes[prefix.length]
  const follows = next === 0x2c /* , */ || next === 0x7d /* } */
  if (origin.includes('"') || !follows || !bytes.subarray(0, prefix.length).equals(prefix)) {
    throw new SshsigError('client-data-mismatch', 'the client data is not of this message and origin')
  }
}

/** Challenge and origin as a JSON parser sees them; refuses what is not an unframed authentication. */
export function readTapClientData(bytes: Buffer): { challenge: string; origin: string } {
  let data: unknown
  try {
    data = isUtf8(bytes) ? JSON.parse(bytes.toString('utf8')) : undefined
  } catch {
    data = undefined
  }
  if (typeof data !== 'object' || data === null || !('challenge' in data) || !('origin' in data)) {
    throw new SshsigError('malformed', 'the client data is not a JSON object')
  }
  if (!('type' in data) || data.type !== 'webauthn.get') {
    throw new SshsigError('client-data-mismatch', 'the client data is not of an authentication')
  }
  if (('crossOrigin' in data && data.crossOrigin !== false) || 'topOrigin' in data) {
    throw new SshsigError('cross-origin', 'the tap was made inside another site')
  }
  const { challenge, origin } = data
  if (typeof challenge !== 'string' || typeof origin !== 'string') {
    throw new SshsigError('malformed', 'challenge and origin are not text')
  }
  return { challenge, origin }
}
