import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOpenQuestions } from './open-questions.ts'

const make = () => {
  const clock = { at: 0 }
  const questions = createOpenQuestions({ lastsMs: 1_000, now: () => clock.at })
  const fill = (address: string, count = 1_000) =>
    Array.from({ length: count }, (_, index) => questions.open(`${address} ${index}`, address)).filter(Boolean).length
  return { clock, questions, fill }
}

test('one address has so many questions open, and others still ask', () => {
  const { clock, questions, fill } = make()
  assert.equal(fill('192.0.2.1'), 40)
  assert.equal(questions.open('next', '192.0.2.1'), false)
  assert.equal(questions.open('192.0.2.1 0', '192.0.2.1'), true, 'the same one again')
  assert.equal(questions.open('next', '192.0.2.2'), true)
  questions.close('192.0.2.1 0')
  questions.close('192.0.2.1 0')
  assert.deepEqual([questions.open('one', '192.0.2.1'), questions.open('two', '192.0.2.1')], [true, false])
  clock.at = 1_000
  assert.equal(questions.open('two', '192.0.2.1'), true)
})

test('whoever has a whole IPv6 /64 has one address', () => {
  const { questions, fill } = make()
  assert.equal(fill('2001:db8:0:1::1'), 40)
  assert.equal(questions.open('next', '2001:db8:0:1:ffff::2'), false)
  assert.equal(questions.open('next', '2001:db8:0:2::1'), true)
})

test('all addresses together have a limit as well', () => {
  const { clock, questions, fill } = make()
  const flood = (blocks: number, each: number): number => {
    let opened = 0
    for (let block = 0; block < blocks; block += 1) opened += fill(`2001:db8:${each}:${block.toString(16)}::1`, each)
    return opened
  }
  assert.equal(flood(334, 40), 13_334)
  // Whoever asks little still asks.
  assert.equal(fill('192.0.2.1'), 2)
  assert.equal(flood(4_000, 2), 6_664)
  assert.equal(questions.open('next', '192.0.2.2'), false)
  clock.at = 1_000
  assert.equal(questions.open('next', '192.0.2.1'), true)
})
