import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { createAssertionKeys } from './assertion-keys.ts'

const dayMs = 86_400_000
const start = 90 * dayMs * 200

function createKept() {
  const kept = new Map<string, string>()
  return {
    getOrCreate(name: string, create: () => string) {
      const value = kept.get(name) ?? create()
      kept.set(name, value)
      return Promise.resolve(value)
    },
  }
}

test('a key is published long before it signs, and stays until nobody can hold what it signed', async () => {
  const secrets = createKept()
  let at = start + 5 * dayMs
  const keys = createAssertionKeys({ secrets, since: start, now: () => at })
  const verify = async (jwt: string, known: { keys: object[] }): Promise<void> => {
    await jwtVerify(jwt, createLocalJWKSet(known), { algorithms: ['ES256'] })
  }
  const first = await keys.sign({ sub: 'usr_1' })
  const published = await keys.jwks()
  assert.equal(published.keys.length, 2)
  await verify(first, published)

  at = start + 90 * dayMs + 60_000
  const second = await keys.sign({ sub: 'usr_1' })
  await verify(second, published)
  await verify(first, await keys.jwks())
  assert.equal((await keys.jwks()).keys.length, 3)

  at = start + 92 * dayMs
  const later = await keys.jwks()
  await verify(second, later)
  await assert.rejects(verify(first, later))
  const other = createAssertionKeys({ secrets, since: start, now: () => at })
  assert.deepEqual(await other.jwks(), later, 'another node says the same')
  assert.ok(!JSON.stringify(later).includes('"d"'), 'no private part is published')
})
