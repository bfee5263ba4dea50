import { hash } from 'node:crypto'
import { newSecret } from '../../http/secret.ts'

export type ConnectorSecret = `pst_con_${string}`

const checksum = (text: string): string => hash('sha256', text, 'hex').slice(0, 8)

/** What secret scanners find: prefix, 256 random bits, a checksum. */
export function newConnectorSecret(): ConnectorSecret {
  const text = `pst_con_${newSecret()}` as const
  return `${text}${checksum(text)}`
}

/** A mistyped or foreign secret is refused by its form, without asking the database. */
export function isConnectorSecret(secret: string): secret is ConnectorSecret {
  const [, text, sum] = /^(pst_con_[\w-]{43})([0-9a-f]{8})$/.exec(secret) ?? []
  return text !== undefined && checksum(text) === sum
}
