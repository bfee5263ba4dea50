import { hash } from 'node:crypto'

/** A code verifier as it was given, and the same bits in the letters that RFC 7636 §4.1 allows. */
export interface OddVerifier {
  given: string
  standIn: string
}

/**
 * git-credential-oauth 0.4, which Debian 12 has, writes its verifier in base64, with `+`, `/` and `=`.
 * oidc-provider takes none of these letters, so another spelling of the same bits stands in for it.
 */
export function readOddVerifier(given: string | null): OddVerifier | undefined {
  if (given === null || given.length < 43 || given.length > 128) return undefined
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(given) || !/[+/=]/.test(given)) return undefined
  return { given, standIn: given.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') }
}

/** What the stand-in must meet: nothing new, unless the very text that was given met what was asked for. */
export const challengeFor = (verifier: OddVerifier | undefined, challenge: string): string =>
  verifier !== undefined && s256(verifier.given) === challenge ? s256(verifier.standIn) : challenge

/** RFC 7636 §4.2 */
const s256 = (text: string): string => hash('sha256', text, 'base64url')
