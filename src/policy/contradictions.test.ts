import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findContradictions } from './contradictions.ts'
import { rule } from './policy-testing.ts'

const keys = (id: string, models: { allow?: string[]; deny?: string[] }, more: object = {}) =>
  rule({ id, title: id, who: ['everyone'], does: ['sign-in'], requires: { models }, ...more })
const networks = (id: string, ranges: string[]) =>
  rule({ id, title: id, who: ['role:admin'], does: ['*'], requires: { networks: ranges } })

test('rules that leave no kind of key, or no network, are named with each other', () => {
  const found = findContradictions([
    keys('only', { allow: ['hardware-key'] }),
    keys('none', { deny: ['hardware-key'] }),
  ])
  assert.deepEqual(
    found.map(({ rule: id, message }) => [id, /contradicts “only”: together they leave no kind of key/.test(message)]),
    [['none', true]],
  )
  assert.equal(findContradictions([keys('a', { allow: ['synced'] }), keys('b', { allow: ['platform'] })]).length, 1)
  assert.match(
    findContradictions([networks('a', ['10.0.0.0/8']), networks('b', ['192.168.0.0/16'])])[0]?.message ?? '',
    /no network in common/,
  )
})

test('what can be met is not called a contradiction', () => {
  const only = keys('only', { allow: ['hardware-key'] })
  const pairs = [
    [only, keys('b', { deny: ['synced'] })],
    [only, keys('b', { deny: ['hardware-key'] }, { mode: 'report' })],
    [only, keys('b', { deny: ['hardware-key'] }, { does: ['merge'] })],
    [
      keys('a', { allow: ['synced'] }, { who: ['role:guest'] }),
      keys('b', { allow: ['platform'] }, { who: ['role:admin'] }),
    ],
    // A model may be of any kind.
    [only, keys('b', { allow: ['cb69481e-8ff7-4039-93ec-0a2729a154a8'] })],
    [networks('a', ['10.0.0.0/8']), networks('b', ['10.1.0.0/16'])],
    [networks('a', ['10.1.2.3']), networks('b', ['10.0.0.0/8', 'fc00::/7'])],
    [
      keys('a', { allow: ['synced'] }, { where: { networks: ['10.0.0.0/8'] } }),
      keys('b', { allow: ['platform'] }, { where: { networks: ['192.0.2.0/24'] } }),
    ],
  ]
  for (const pair of pairs) assert.deepEqual(findContradictions(pair), [])
})
