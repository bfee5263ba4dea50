import type { JSONWebKeySet, JWK } from 'jose'

/** More than any honest issuer has. */
const mostKeys = 100

/**
 * The public keys of a JSON Web Key Set that may sign. Secrets are left out: who holds one could make any token.
 * @returns undefined where it is no such set, or holds none
 */
export function parseKeySet(text: string): JSONWebKeySet | undefined {
  const set = parseObject(text)
  const { keys } = set ?? {}
  if (!Array.isArray(keys) || keys.length > mostKeys) return undefined
  const usable = keys.filter(isUsable)
  return usable.length === 0 ? undefined : { keys: usable }
}

const isUsable = (key: unknown): key is JWK =>
  typeof key === 'object' &&
  key !== null &&
  'kty' in key &&
  ['RSA', 'EC', 'OKP'].includes(String(key.kty)) &&
  !('d' in key) &&
  (!('use' in key) || key.use === 'sig')

/** A JSON object; undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
