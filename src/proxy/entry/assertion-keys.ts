import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import type { Tx } from '../../database/handles.ts'
import type { Secrets } from '../../secrets/secrets.ts'

/** One key signs for so long; the next is published that long before it does. */
const periodMs = 90 * 86_400_000
/** A former key stays published while tools may still hold what it signed, and a while beyond for clocks that go wrong. */
const overlapMs = 86_400_000

export interface AssertionKeys {
  /** A compact JWS over these claims, ES256. */
  sign(claims: object): Promise<string>
  /** RFC 7517: the keys that tools check it by. */
  jwks(): Promise<{ keys: object[] }>
  /** Those that leaked: no node signs with them again once it has forgotten what it holds. */
  end(tx: Tx<'secret'>): Promise<void>
  forget(): void
  /** Another number once they were forgotten: what was signed before is believed by nobody. */
  era(): number
}

interface AssertionKey {
  privateKey: KeyObject
  jwk: object
  header: string
}

/**
 * What the proxy signs its word with about who came. Which key signs follows from the time alone, so that all nodes agree
 * without a word, and none needs to be told to take the next.
 */
export function createAssertionKeys(parts: {
  secrets: Pick<Secrets, 'getOrCreate' | 'end'>
  /** When this instance began: before that no key has signed anything. */
  since: number
  now: () => number
}): AssertionKeys {
  const { secrets, since, now } = parts
  const keys = new Map<number, Promise<AssertionKey>>()
  let era = 0
  const keyOf = (period: number): Promise<AssertionKey> => {
    let key = keys.get(period)
    if (key === undefined) {
      key = load(secrets, period)
      keys.set(period, key)
      // Asked again where the store was away.
      key.catch(() => keys.delete(period))
    }
    return key
  }
  const periodAt = (at: number): number => Math.floor(at / periodMs)

  return {
    async sign(claims) {
      const { header, privateKey } = await keyOf(periodAt(now()))
      const content = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${content}.${signature.toString('base64url')}`
    },
    async jwks() {
      const at = now()
      const period = periodAt(at)
      const hasFormer = at - overlapMs < period * periodMs && since < period * periodMs
      const periods = [...(hasFormer ? [period - 1] : []), period, period + 1]
      return { keys: await Promise.all(periods.map(async (each) => (await keyOf(each)).jwk)) }
    },
    async end(tx) {
      const period = periodAt(now())
      await secrets.end(tx, [period - 1, period, period + 1].map(secretOf))
    },
    forget() {
      keys.clear()
      era += 1
    },
    era: () => era,
  }
}

const secretOf = (period: number): string => `proxy assertions ${period}`

async function load(secrets: Pick<Secrets, 'getOrCreate'>, period: number): Promise<AssertionKey> {
  const pem = await secrets.getOrCreate(secretOf(period), () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const privateKey = createPrivateKey(pem)
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  // RFC 7638: the thumbprint is over these members, in this order.
  const kid = hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url')
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid, typ: 'JWT' })).toString('base64url')
  return { privateKey, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }, header }
}
