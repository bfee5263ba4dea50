import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BusListener } from '../../bus/bus.ts'
import type { Caller } from '../../identity/caller.ts'
import { ACCESS_ENDED, SESSION_ENDED } from '../../identity/ending/end-access.ts'
import { compilePolicy } from '../../policy/compile.ts'
import { firstPolicy } from '../../policy/rule.ts'
import type { Route } from '../route.ts'
import { createStandings, type Standing, standingMs } from './standings.ts'

const policy = compilePolicy(firstPolicy)
const route = { host: 'wiki.localhost', revision: '1' } as Route
const at = 1_000_000

const standing = (): Standing => ({
  route,
  policy,
  address: '192.0.2.1',
  isAgain: false,
  caller: {} as Caller,
  endsWith: ['usr_1', 'ses_1', 'rse_1'],
  openedAt: 0,
  until: at + standingMs,
  verdicts: new Map(),
})

function start() {
  const listeners = new Map<string, BusListener>()
  const standings = createStandings({ bus: { on: (topic, listener) => void listeners.set(topic, listener) } })
  return { standings, end: (topic: string, id: string) => listeners.get(topic)?.(id) }
}

const asked = { route, address: '192.0.2.1', policy, isAgain: false, at }

test('what is remembered holds for a second, and for nothing but the very same question', async () => {
  const { standings } = start()
  await standings.learn('secret', () => Promise.resolve(standing()))
  assert.ok(standings.recall('secret', asked))
  assert.ok(standings.recall('secret', { ...asked, at: at + standingMs - 1 }))
  for (const other of [
    { at: at + standingMs },
    { at: at - 1 },
    { address: '192.0.2.2' },
    { route: { ...route } },
    { policy: compilePolicy(firstPolicy) },
  ])
    assert.equal(standings.recall('secret', { ...asked, ...other }), undefined, JSON.stringify(Object.keys(other)))
  assert.equal(standings.recall('other', asked), undefined)
})

test('what was found for something open already lets nothing new in', async () => {
  const { standings } = start()
  await standings.learn('secret', () => Promise.resolve({ ...standing(), isAgain: true }))
  assert.ok(standings.recall('secret', { ...asked, isAgain: true }))
  assert.equal(standings.recall('secret', asked), undefined)
})

test('an end of any part of it ends it at once, and that of somebody else does not', async () => {
  for (const [topic, id] of [
    [ACCESS_ENDED, 'usr_1'],
    [SESSION_ENDED, 'ses_1'],
    [SESSION_ENDED, 'rse_1'],
  ] as const) {
    const { standings, end } = start()
    await standings.learn('secret', () => Promise.resolve(standing()))
    void end(topic, 'usr_2')
    assert.ok(standings.recall('secret', asked))
    void end(topic, id)
    assert.equal(standings.recall('secret', asked), undefined, id)
  }
})

test('what ends while it is looked up is looked up again, and never remembered as living', async () => {
  const { standings, end } = start()
  let looks = 0
  const found = await standings.learn('secret', () => {
    looks += 1
    if (looks > 1) return Promise.resolve(undefined)
    void end(ACCESS_ENDED, 'usr_1')
    return Promise.resolve(standing())
  })
  assert.deepEqual([found, looks], [undefined, 2])
  assert.equal(standings.recall('secret', asked), undefined)
})
