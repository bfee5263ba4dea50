import type { Strength } from '../database/schema.ts'
import { acrOf } from './strength.ts'

/**
 * `WWW-Authenticate` of an act that needs more proof, RFC 9470 §3: which contexts would do, and how old the tap may be.
 * What lies between them (a key that says it cannot be copied) has no word there and stands in the problem's body.
 */
export function stepUpHeader(asked: { strength: Strength; freshnessSeconds: number | null; why: string }): string {
  const least = acrOf(asked.strength)
  return [
    'Bearer error="insufficient_user_authentication"',
    `error_description="${asked.why}"`,
    ...(least === null ? [] : [`acr_values="${least === 'phr' ? 'phr phrh' : least}"`]),
    ...(asked.freshnessSeconds === null ? [] : [`max_age="${asked.freshnessSeconds}"`]),
  ].join(', ')
}
