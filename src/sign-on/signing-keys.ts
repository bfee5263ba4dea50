import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import { newSecret } from '../http/secret.ts'
import type { Secrets } from '../secrets/secrets.ts'

const dayMs = 86_400_000
const periodMs = 90 * dayMs
/** Before it signs: whoever keeps a copy of the keys has read it by then. */
const publishedAheadMs = 7 * dayMs
/** After it signed last: longer than anything lasts that it signed. */
const publishedAfterMs = dayMs

export interface SignOnKeys {
  /** The first signs; the others are about to, or did until a moment ago. */
  jwks: { keys: [JWK, ...JWK[]] }
  /** Other keys have another name. */
  name: string
}

/** Which quarters have a key at this time: the one that signs first. */
export function periodsAt(at: number): [number, ...number[]] {
  const period = Math.floor(at / periodMs)
  const into = at - period * periodMs
  return [
    period,
    ...(periodMs - into <= publishedAheadMs ? [period + 1] : []),
    ...(into < publishedAfterMs ? [period - 1] : []),
  ]
}

/**
 * What signs identity tokens and words of the end of a sign-on. Each quarter has a key of its own, made by whichever
 * node asks first and published before and after it signs, so that nothing is carried from one to the next.
 */
export function createSignOnKeys(parts: { secrets: Pick<Secrets, 'getOrCreate'>; now: () => number }) {
  let known: { name: string; keys: Promise<SignOnKeys> } | undefined
  return (): Promise<SignOnKeys> => {
    const [signing, ...others] = periodsAt(parts.now())
    const name = [signing, ...others].join(' ')
    if (known?.name === name) return known.keys
    const load = async (period: number): Promise<JWK> =>
      JSON.parse(await parts.secrets.getOrCreate(`sign-on ${period}`, newKey)) as JWK
    const keys = Promise.all([load(signing), ...others.map(load)]).then((all) => ({ name, jwks: { keys: all } }))
    known = { name, keys: keys }
    keys.catch(() => (known = undefined))
    return known.keys
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' })
}

/** What signs the marks in browsers that a program’s request is theirs. */
export const loadCookieKeys = async (secrets: Pick<Secrets, 'getOrCreate'>): Promise<string[]> => [
  await secrets.getOrCreate('sign-on cookies', newSecret),
]
