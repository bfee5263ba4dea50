import { generateKeyPair, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'oidc-provider'
import type { Tx } from '../database/handles.ts'
import { newSecret } from '../http/secret.ts'
import type { Secrets } from '../secrets/secrets.ts'

const dayMs = 86_400_000
const periodMs = 90 * dayMs
/** Before it signs: whoever keeps a copy of the keys has read it by then. */
const publishedAheadMs = 7 * dayMs
/** After it signed last: longer than a session, whose identity token is shown again where it ends by a tool. */
const publishedAfterMs = 15 * dayMs

export interface SignOnKeys {
  /** The first of each kind signs; the others are about to, or did until a moment ago. */
  jwks: { keys: [JWK, ...JWK[]] }
  /** Of the keys themselves: others have another name. */
  name: string
}

/** Keys that can be ended before their time, with every copy that nodes hold. */
export interface EndableKeys {
  /** No node makes use of them again once it has forgotten those it holds. */
  end(tx: Tx<'secret'>): Promise<void>
  forget(): void
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
 * node asks first and published before and after it signs, so that nothing is carried from one to the next. One that
 * leaked is ended before its time, with those beside it.
 */
export function createSignOnKeys(parts: {
  secrets: Pick<Secrets, 'getOrCreate' | 'end'>
  /** RSA keys take long to make, and are there beside the others only where an application needs them. */
  wantsRsa: () => Promise<boolean>
  now: () => number
}): { current(): Promise<SignOnKeys> } & EndableKeys {
  let known: { name: string; keys: Promise<SignOnKeys> } | undefined
  async function current(): Promise<SignOnKeys> {
    const hasRsa = await parts.wantsRsa()
    const [signing, ...others] = periodsAt(parts.now())
    const name = [signing, ...others, ...(hasRsa ? ['rsa'] : [])].join(' ')
    if (known?.name === name) return known.keys
    const load = async (secret: string, create: () => string | Promise<string>): Promise<JWK> =>
      JSON.parse(await parts.secrets.getOrCreate(secret, create)) as JWK
    const ofPeriod = (period: number): Promise<JWK> => load(secretOf(period), newKey)
    const rsa = hasRsa ? [signing, ...others].map((period) => load(rsaSecretOf(period), newRsaKey)) : []
    const keys = Promise.all([ofPeriod(signing), ...others.map(ofPeriod), ...rsa]).then((all) => ({
      name: all.map(({ kid }) => kid).join(' '),
      jwks: { keys: all },
    }))
    known = { name, keys }
    keys.catch(() => (known = undefined))
    return keys
  }
  return {
    current,
    end: (tx) =>
      parts.secrets.end(
        tx,
        periodsAt(parts.now()).flatMap((each) => [secretOf(each), rsaSecretOf(each)]),
      ),
    forget: () => (known = undefined),
  }
}

const secretOf = (period: number): string => `sign-on ${period}`
const rsaSecretOf = (period: number): string => `sign-on rsa ${period}`

export type SigningAlgorithm = 'ES256' | 'RS256'

/** The one that signs now. @throws Error where there is none of that kind */
export function signingKey({ jwks }: SignOnKeys, algorithm: SigningAlgorithm): JWK {
  const key = jwks.keys.find(({ alg }) => alg === algorithm)
  if (key === undefined) throw new Error(`no key signs by ${algorithm}`)
  return key
}

const newKey = (): string => render(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ES256')

const newRsaKey = async (): Promise<string> =>
  render((await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey, 'RS256')

const render = (key: KeyObject, alg: SigningAlgorithm): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), kid: randomUUID(), alg, use: 'sig' })

/** What signs the marks in browsers that a program’s request is theirs. */
export const loadCookieKeys = async (secrets: Pick<Secrets, 'getOrCreate'>): Promise<string[]> => [
  await secrets.getOrCreate('sign-on cookies', newSecret),
]
