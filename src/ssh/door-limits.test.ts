import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDoorLimits } from './door-limits.ts'

const make = (perAddress = 10_000) => {
  const clock = { at: 0, refused: 0 }
  return { clock, limits: createDoorLimits({ perAddress, now: () => clock.at, onRefused: () => (clock.refused += 1) }) }
}

test('one address has so many strangers open, and others still come in', () => {
  const { clock, limits } = make()
  const entered = Array.from({ length: 1_000 }, () => limits.enter('192.0.2.1', () => undefined))
  assert.equal(entered.filter((each) => each !== undefined).length, 100)
  assert.equal(clock.refused, 900)
  assert.ok(limits.enter('192.0.2.2', () => undefined))
  entered[0]?.admitted({ accountId: 'usr_1', isBusy: () => false })
  assert.ok(limits.enter('192.0.2.1', () => undefined))
  assert.equal(
    limits.enter('192.0.2.1', () => undefined),
    undefined,
  )
})

test('where all places are taken, the oldest of whoever has most makes room', () => {
  const { limits } = make()
  const evicted: string[] = []
  for (let block = 0; block < 5; block++)
    for (let count = 0; count < 100; count++) {
      const place = limits.enter(`2001:db8:0:${block}::${count}`, () => {
        evicted.push(`${block}:${count}`)
        place?.left()
      })
    }
  assert.equal(evicted.length, 0)
  assert.ok(limits.enter('198.51.100.7', () => void evicted.push('the newcomer')))
  assert.deepEqual(evicted, ['0:0'])
})

test('an attack: one account has so many connections and no more, and never takes anybody else’s place', () => {
  const { clock, limits } = make()
  const evicted: string[] = []
  const busy = new Set<string>()
  const come = (accountId: string, name: string): boolean => {
    const place = limits.enter(name, () => {
      evicted.push(name)
      place?.left()
    })
    const isIn = place?.admitted({ accountId, isBusy: () => busy.has(name) }) === true
    if (!isIn) place?.left()
    return isIn
  }
  for (let count = 0; count < 100; count++) assert.ok(come('flood-0', `0:${count}`))
  assert.equal(come('flood-0', 'one more'), false)
  assert.equal(clock.refused, 1)

  assert.ok(come('ana', 'of ana'))
  for (let flood = 1; flood < 50; flood++)
    for (let count = 0; count < 100; count++) come(`flood-${flood}`, `${flood}:${count}`)
  // The five thousand and first made room for itself.
  assert.deepEqual(evicted.splice(0), ['0:0'])
  for (const each of ['1:0', '1:2']) busy.add(each)
  assert.ok(come('ben', 'of ben'))
  assert.ok(come('cy', 'of cy'))
  assert.ok(!evicted.some((name) => name.startsWith('of ') || busy.has(name)))
  assert.equal(evicted.length, 2)
})

test('where something runs on each connection, nobody is thrown out for another', () => {
  const { limits } = make()
  const entered = Array.from({ length: 5_000 }, (_, index) => {
    const place = limits.enter(`address ${index}`, () => assert.fail('thrown out'))
    return place?.admitted({ accountId: `usr_${index}`, isBusy: () => true })
  })
  assert.ok(entered.every(Boolean))
  assert.equal(
    limits.enter('192.0.2.1', () => undefined),
    undefined,
  )
})

test('connections and questions of one address are counted for a minute', () => {
  const { clock, limits } = make(3)
  const come = (): boolean => {
    const place = limits.enter('192.0.2.1', () => undefined)
    place?.left()
    return place !== undefined
  }
  assert.deepEqual([come(), come(), come(), come()], [true, true, true, false])
  clock.at += 60_000
  assert.equal(come(), true)
  assert.deepEqual([come(), come(), come()], [true, true, false])
  clock.at -= 3_600_000
  assert.equal(come(), true, 'the clock was set back')
  const answers = Array.from({ length: 16 }, () => limits.mayAsk('192.0.2.1'))
  assert.equal(answers.filter(Boolean).length, 15)
  assert.equal(limits.mayAsk('192.0.2.9'), true)
})
