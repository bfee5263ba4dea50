import { escapeHidden } from '../../audit/record.ts'
import type { WorkloadTrustTable } from '../../database/schema.ts'
import { NotTrusted, type Step } from './exchange-refused.ts'
import { namesHome } from './home-claims.ts'
import { matchesPattern, mostCharacters } from './match-pattern.ts'
import type { Condition } from './shapes.ts'
import type { Claims } from './verify-signature.ts'

/** Clocks differ. */
const skewSeconds = 60
/** What lives longer is no token of one job. */
const maxLifeSeconds = 24 * 3_600

export interface Proven {
  subject: string
  /** What makes it the one it is: it is traded once. */
  once: string
  /** In milliseconds; it counts for nothing afterwards. */
  goneAt: number
}

/** Whether proven claims are those that a trust asks for, in the order of `steps`. @throws NotTrusted with the first that is not */
export function checkClaims(
  trust: Pick<WorkloadTrustTable, 'shape' | 'issuer' | 'audience' | 'conditions'>,
  claims: Claims,
  { signedPart, now }: { signedPart: string; now: number },
): Proven {
  const { sub, iss } = claims
  const subject = typeof sub === 'string' && sub !== '' ? short(sub) : '(without a name)'
  const fail = (step: Step, sentence: string): never => {
    throw new NotTrusted(step, sentence, subject)
  }
  if (iss !== trust.issuer) fail('signature', `Its issuer is ${inWords(iss)}.`)
  checkAudience(claims['aud'], trust.audience, fail)
  const conditions = JSON.parse(trust.conditions) as Condition[]
  const homes = conditions.filter((condition) => namesHome(trust.shape, condition))
  for (const condition of homes) checkCondition(condition, claims, 'home', fail)
  const expiresAt = checkTimes(claims, now / 1000, fail)
  for (const condition of conditions.filter((each) => !homes.includes(each)))
    checkCondition(condition, claims, 'condition', fail)
  const { jti } = claims
  return {
    subject,
    once: typeof jti === 'string' && jti !== '' ? `jti ${jti}` : `jws ${signedPart}`,
    goneAt: (expiresAt + skewSeconds) * 1000,
  }
}

type Fail = (step: Step, sentence: string) => never

/** RFC 7519 §4.1.3. Whoever else it was made for could bring it here: it is for us alone. */
function checkAudience(aud: unknown, audience: string, fail: Fail): void {
  const only: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud
  if (only !== audience) fail('audience', `It is for the audience ${inWords(aud)}; “${audience}” is trusted.`)
}

function checkCondition({ claim, value }: Condition, claims: Claims, step: Step, fail: Fail): void {
  const given = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (given === undefined) fail(step, `It has no claim ${claim}; “${value}” is trusted.`)
  if (typeof given === 'string' && given.length > mostCharacters)
    fail(step, `Its claim ${claim} is longer than ${mostCharacters} characters.`)
  if (typeof given !== 'string' || !matchesPattern(value, given))
    fail(step, `Its claim ${claim} is ${inWords(given)}; “${value}” is trusted.`)
}

/** RFC 7519 §4.1.4–4.1.6. @returns when it expires, in seconds */
function checkTimes({ exp, nbf, iat }: Claims, now: number, fail: Fail): number {
  if (!isTime(exp) || !isTime(iat)) return fail('time', 'It does not say when it was made and when it expires.')
  if (nbf !== undefined && !isTime(nbf)) return fail('time', 'It does not say in numbers from when it counts.')
  if (exp + skewSeconds <= now) return fail('time', 'It has expired.')
  if ((nbf ?? iat) - skewSeconds > now || iat - skewSeconds > now) return fail('time', 'It does not count yet.')
  if (exp - iat > maxLifeSeconds) return fail('time', 'It lives for more than a day.')
  return exp
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

const inWords = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : typeof value === 'string'
      ? `“${short(value)}”`
      : `not text: ${short(JSON.stringify(value))}`

const mostShown = 200
const short = (text: string): string => escapeHidden(text.length > mostShown ? `${text.slice(0, mostShown)}…` : text)
