import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHeldPushes, type HeldPlace, mostHeld, mostHeldOfPerson } from './held-pushes.ts'

const taken = (place: HeldPlace | string): HeldPlace => {
  if (typeof place === 'string') throw new Error(place)
  return place
}

test('one person, and everybody together, hold only so many pushes, and a place that is left is free', () => {
  const held = createHeldPushes()
  const mine = Array.from({ length: mostHeldOfPerson }, () => taken(held.enter('ana')))
  assert.equal(held.enter('ana'), 'person')
  mine[0]?.[Symbol.dispose]()
  taken(held.enter('ana'))
  for (let count = mostHeldOfPerson; count < mostHeld; count++) taken(held.enter(`person ${count}`))
  assert.equal(held.enter('ben'), 'everybody')
})

test('each is told of with its outcome, and a stop waits for the last', async () => {
  const told: string[] = []
  const held = createHeldPushes(() => (outcome) => told.push(outcome))
  const [first, second] = [taken(held.enter('ana')), taken(held.enter('ben'))]
  first.ended('sealed')
  first[Symbol.dispose]()
  const closed = held.close().then(() => told.push('closed'))
  assert.equal(held.stopping.aborted, true)
  second[Symbol.dispose]()
  await closed
  assert.deepEqual(told, ['sealed', 'failed', 'closed'])
  await createHeldPushes().close()
})
