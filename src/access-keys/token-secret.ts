import { createHash } from 'node:crypto'
import { newSecret } from '../http/secret.ts'

/** What a leaked token looks like, for secret scanners: prefix, 256 random bits, a checksum. */
export type TokenSecret = `pst_pat_${string}`
export const tokenPattern = /^pst_pat_([\w-]{43})([0-9a-f]{8})$/

const checksum = (body: string): string => createHash('sha256').update(`pst_pat_${body}`).digest('hex').slice(0, 8)

export function newTokenSecret(): TokenSecret {
  const body = newSecret()
  return `pst_pat_${body}${checksum(body)}`
}

/** A mistyped or foreign secret is refused by its form, without asking the database. */
export function isTokenSecret(text: string): text is TokenSecret {
  const [, body = '', sum] = tokenPattern.exec(text) ?? []
  return sum !== undefined && checksum(body) === sum
}
