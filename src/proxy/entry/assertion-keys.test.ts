import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { createAssertionKeys } from './assertion-keys.ts'
import { createAssertions } from './assertions.ts'
import type { Route } from '../route.ts'

const dayMs = 86_400_000
const start = 90 * dayMs * 200

function createKept() {
  const kept = new Map<string, string>()
  return {
    async end(_tx: unknown, names: readonly string[]) {
      for (const name of names) kept.delete(name)
    },
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

test('keys that leaked are gone at once: nothing signs with them, and nobody finds them', async () => {
  const secrets = createKept()
  const keys = createAssertionKeys({ secrets, since: start, now: () => start + 5 * dayMs })
  const leaked = await keys.sign({ sub: 'usr_1' })
  const tell = createAssertions({ keys, origin: 'http://localhost:7400', now: () => start + 5 * dayMs })
  const told = () =>
    tell(
      'holder',
      { host: 'wiki.localhost' } as Route,
      { sub: 'usr_1', preferred_username: 'ana', name: 'Ana', groups: [] },
      undefined,
    )
  assert.equal(await told(), await told(), 'what is told a moment later is the same')
  const published = await keys.jwks()
  await keys.end(undefined as never)
  keys.forget()
  await assert.rejects(jwtVerify(leaked, createLocalJWKSet(await keys.jwks())))
  const next = await keys.sign({ sub: 'usr_1' })
  await assert.rejects(jwtVerify(next, createLocalJWKSet(published)))
  await jwtVerify(next, createLocalJWKSet(await keys.jwks()))
  await jwtVerify(await told(), createLocalJWKSet(await keys.jwks()), { currentDate: new Date(start + 5 * dayMs) })
})
