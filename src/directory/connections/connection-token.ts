import { hash } from 'node:crypto'
import { newSecret } from '../../http/secret.ts'

/** What a directory comes in with; a leaked one looks like this to secret scanners: prefix, 256 random bits, a checksum. */
export type ConnectionSecret = `pst_scim_${string}`
export const connectionTokenPattern = /^pst_scim_([\w-]{43})([0-9a-f]{8})$/

const checksum = (body: string): string => hash('sha256', `pst_scim_${body}`, 'hex').slice(0, 8)

export function newConnectionSecret(): ConnectionSecret {
  const body = newSecret()
  return `pst_scim_${body}${checksum(body)}`
}

/** A mistyped or foreign secret is refused by its form, without asking the database. */
export function isConnectionSecret(text: string): text is ConnectionSecret {
  const [, body = '', sum] = connectionTokenPattern.exec(text) ?? []
  return sum !== undefined && checksum(body) === sum
}
