import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSignOnKeys, periodsAt } from './signing-keys.ts'

const dayMs = 86_400_000
const start = 200 * 90 * dayMs

test('a key is published a week before it signs, and after it did for longer than a session lasts', () => {
  assert.deepEqual(periodsAt(start), [200, 199])
  assert.deepEqual(periodsAt(start + 15 * dayMs - 1), [200, 199])
  assert.deepEqual(periodsAt(start + 15 * dayMs), [200])
  assert.deepEqual(periodsAt(start + 83 * dayMs - 1), [200])
  assert.deepEqual(periodsAt(start + 83 * dayMs), [200, 201])
  assert.deepEqual(periodsAt(start + 90 * dayMs), [201, 200])
})

test('every node has the same keys, and none signs that was not there before', async () => {
  const made = new Map<string, string>()
  const secrets = {
    end: async (_tx: unknown, names: readonly string[]) => names.forEach((name) => made.delete(name)),
    getOrCreate: async (name: string, create: () => string | Promise<string>) => {
      made.set(name, made.get(name) ?? (await create()))
      return made.get(name) ?? ''
    },
  }
  let at = start + 85 * dayMs
  const now = (): number => at
  let isRsaWanted = false
  const parts = { secrets, wantsRsa: () => Promise.resolve(isRsaWanted), now }
  const [one, other] = [createSignOnKeys(parts), createSignOnKeys(parts)]
  const [ofOne, ofOther] = [one.current, other.current]
  const before = await ofOne()
  assert.deepEqual(await ofOther(), before)
  at = start + 90 * dayMs
  const after = await ofOne()
  assert.equal(after.jwks.keys[0].kid, before.jwks.keys[1]?.kid)
  assert.equal(after.jwks.keys[1]?.kid, before.jwks.keys[0].kid)
  assert.notEqual(after.name, before.name)
  const kinds = ({ jwks }: typeof after) => jwks.keys.map(({ alg }) => alg)
  assert.deepEqual(kinds(after), ['ES256', 'ES256'])
  isRsaWanted = true
  assert.deepEqual(kinds(await ofOne()), ['ES256', 'ES256', 'RS256', 'RS256'], 'made once somebody needs them')

  const leaked = await ofOther()
  await one.end(undefined as never)
  for (const keys of [one, other]) keys.forget()
  const fresh = await ofOne()
  assert.deepEqual(await ofOther(), fresh)
  const kids = leaked.jwks.keys.map(({ kid }) => kid)
  assert.ok(
    fresh.jwks.keys.every(({ kid }) => !kids.includes(kid)),
    'none of those that leaked is there',
  )
  assert.notEqual(fresh.name, leaked.name)
})
