import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { type PlanFacts, planMirror } from './mirror-plan.ts'

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string]
const main = 'refs/heads/main'
type Refs = Partial<Record<'local' | 'remote' | 'last', Record<string, string>>>
const plan = (facts: Refs & Partial<Omit<PlanFacts, keyof Refs>>) => {
  const map = (given: Record<string, string> = {}) => new Map(Object.entries(given))
  return planMirror({
    wants: () => true,
    overwrites: false,
    contains: () => Promise.resolve(false),
    ...facts,
    local: map(facts.local),
    remote: map(facts.remote),
    last: map(facts.last),
  })
}

test('moves a ref from exactly where it was left', async () => {
  const { moves, strayed } = await plan({ local: { [main]: b }, remote: { [main]: a }, last: { [main]: a } })
  assert.deepEqual([moves, strayed], [[{ ref: main, newOid: b, expected: a }], []])
})

test('leaves alone what somebody pushed there directly, unless it is set to overwrite', async () => {
  const facts = { local: { [main]: b }, remote: { [main]: c }, last: { [main]: a } }
  assert.deepEqual((await plan(facts)).strayed, [main])
  assert.deepEqual((await plan(facts)).moves, [])
  assert.deepEqual((await plan({ ...facts, overwrites: true })).moves, [{ ref: main, newOid: b, expected: c }])
})

test('moves on where nothing is lost, but never a tag', async () => {
  const contains = () => Promise.resolve(true)
  assert.deepEqual((await plan({ local: { [main]: b }, remote: { [main]: a }, contains })).moves.length, 1)
  const tag = 'refs/tags/v1'
  assert.deepEqual((await plan({ local: { [tag]: b }, remote: { [tag]: a }, contains })).strayed, [tag])
})

test('creates only where nothing is, deletes only what it had put there itself', async () => {
  const made = await plan({ local: { [main]: a, 'refs/postern/seals': b, 'refs/pull/1/head': c } })
  assert.deepEqual(
    made.moves.map(({ ref, expected }) => [ref, expected]),
    [
      [main, zeroOid],
      ['refs/postern/seals', zeroOid],
    ],
  )
  const remote = { 'refs/heads/ours': a, 'refs/heads/theirs': b, 'refs/heads/moved': c, 'refs/pull/2/head': c }
  const gone = await plan({ remote, last: { 'refs/heads/ours': a, 'refs/heads/moved': a, 'refs/heads/old': a } })
  assert.deepEqual(gone.moves, [{ ref: 'refs/heads/ours', newOid: zeroOid, expected: a }])
  assert.deepEqual([gone.strayed, gone.forgotten], [['refs/heads/moved'], ['refs/heads/old']])
})

test('branches that are not wanted are neither moved nor deleted there', async () => {
  const wants = (ref: string) => ref === main
  const local = { [main]: a, 'refs/heads/draft': b }
  const { moves } = await plan({ local, remote: { 'refs/heads/draft': c, 'refs/heads/x': c }, wants, overwrites: true })
  assert.deepEqual(
    moves.map(({ ref }) => ref),
    [main],
  )
})
