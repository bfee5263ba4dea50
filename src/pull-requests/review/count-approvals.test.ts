import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ApprovalFacts, countApprovals, type ReviewFacts } from './count-approvals.ts'

const [head, older] = ['a'.repeat(40), 'b'.repeat(40)]
const [patch, other] = ['1'.repeat(64), '2'.repeat(64)]

const review = (id: string, userId: string, given: Partial<ReviewFacts> = {}): ReviewFacts => ({
  id,
  userId,
  kind: 'person',
  verdict: 'approved',
  headOid: head,
  patchDigest: patch,
  strength: 'device-bound',
  isDismissed: false,
  ...given,
})

const count = (reviews: ReviewFacts[], given: Partial<ApprovalFacts> = {}) =>
  countApprovals({
    reviews,
    head,
    patch,
    authorId: 'author',
    committers: new Set(),
    lastPusherId: null,
    owners: new Set(),
    writers: new Set(['author', 'ada', 'ben', 'bot']),
    ended: new Set(),
    rule: { keepOnSamePatch: true, excludeLastPusher: true, approvalStrength: 'passkey' },
    ...given,
  })

const whyNot = (one: ReviewFacts, given: Partial<ApprovalFacts> = {}): string | null | undefined =>
  count([one], given).whyNot.get(one.id)

test('a person counts once, with however many taps and keys', () => {
  const { people, whyNot: reasons } = count([review('1', 'ada'), review('2', 'ada', { strength: 'attested' })])
  assert.deepEqual(people, ['ada'])
  assert.deepEqual(
    [...reasons],
    [
      ['1', 'The same person said something else since.'],
      ['2', null],
    ],
  )
})

test('the newest word of a person stands, whatever was before', () => {
  const against = review('2', 'ada', { verdict: 'changes-requested', strength: null })
  assert.deepEqual(count([review('1', 'ada'), against]).people, [])
  assert.deepEqual(count([review('1', 'ada'), against]).against, ['ada'])
  assert.deepEqual(count([against, review('3', 'ada')]).people, ['ada'])
  assert.deepEqual(count([against, review('3', 'ada')]).against, [])
  // Taken back, it does not bring the approval before it back.
  const withdrawn = { ...against, isDismissed: true }
  assert.deepEqual(count([review('1', 'ada'), withdrawn]), {
    people: [],
    against: [],
    whyNot: new Map([['1', 'The same person said something else since.']]),
  })
  // A remark takes nothing back.
  assert.deepEqual(count([review('1', 'ada'), review('2', 'ada', { verdict: 'commented' })]).people, ['ada'])
})

test('who had a hand in it does not count', () => {
  assert.match(whyNot(review('1', 'author')) ?? '', /own work/)
  assert.match(whyNot(review('1', 'ada'), { committers: new Set(['ada']) }) ?? '', /commits are their own/)
  assert.match(whyNot(review('1', 'ada'), { owners: new Set(['ada']) }) ?? '', /own agent/)
  assert.match(whyNot(review('1', 'ada'), { lastPusherId: 'ada' }) ?? '', /pushed last/)
  const rule = { keepOnSamePatch: true, excludeLastPusher: false, approvalStrength: 'passkey' } as const
  assert.equal(whyNot(review('1', 'ada'), { lastPusherId: 'ada', rule }), null)
})

test('an agent, an ended account and a reader do not count, and their objections stop nothing', () => {
  assert.match(whyNot(review('1', 'bot', { kind: 'agent' })) ?? '', /agent never counts/)
  assert.match(whyNot(review('1', 'ada'), { ended: new Set(['ada']), writers: new Set() }) ?? '', /ended/)
  assert.match(whyNot(review('1', 'gus')) ?? '', /role “write”/)
  const against = (userId: string) => review('1', userId, { verdict: 'changes-requested', strength: null })
  assert.deepEqual(count([against('gus')]).against, [])
  assert.deepEqual(count([against('ada')], { ended: new Set(['ada']) }).against, [])
})

test('a tap is worth what its key is worth today', () => {
  const rule = { keepOnSamePatch: true, excludeLastPusher: true, approvalStrength: 'device-bound' } as const
  assert.equal(whyNot(review('1', 'ada'), { rule }), null)
  assert.match(whyNot(review('1', 'ada', { strength: 'passkey' }), { rule }) ?? '', /cannot be copied only/)
  assert.match(whyNot(review('1', 'ada', { strength: null })) ?? '', /removed/)
})

test('another head is covered where it changes the very same, and where the rule keeps that', () => {
  const before = review('1', 'ada', { headOid: older })
  assert.equal(whyNot(before), null)
  const rule = { keepOnSamePatch: false, excludeLastPusher: true, approvalStrength: 'passkey' } as const
  assert.match(whyNot(before, { rule }) ?? '', /New commits/)
  assert.match(whyNot({ ...before, patchDigest: other }) ?? '', /something else/)
  assert.match(whyNot(before, { patch: null }) ?? '', /something else/)
  // The head itself was read, whatever the branch it goes into looks like by now.
  assert.equal(whyNot(review('1', 'ada', { patchDigest: other })), null)
})

test('what was set aside does not count', () => {
  assert.match(whyNot(review('1', 'ada', { isDismissed: true })) ?? '', /taken back/)
  assert.deepEqual(count([review('1', 'ada', { isDismissed: true })]).people, [])
})
