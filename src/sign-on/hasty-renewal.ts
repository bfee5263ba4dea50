import type { OauthStateTable } from '../database/schema.ts'
import { asking } from './asking.ts'

const hastyMs = 10_000

/**
 * Two gits of one computer find the same refresh token, and both renew it: from the address of the first, a moment
 * later, it is no theft. The second gets nothing, and nothing ends. A program that gives its token back always can.
 */
export function isHasty({ consumedAt, askedFrom }: Pick<OauthStateTable, 'consumedAt' | 'askedFrom'>, at: number) {
  const asked = asking.getStore()
  return consumedAt !== null && at - consumedAt < hastyMs && askedFrom === asked?.address && asked.endsAs === 'reused'
}
