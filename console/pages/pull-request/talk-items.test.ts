import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReviewView, ThreadView } from '../../api/shapes.ts'
import { foldMiddle, SHOWN_FIRST, SHOWN_LAST, talkItems } from './talk-items.ts'

const thread = (id: string, createdAt: number, isDraft = false) =>
  ({ id, createdAt, comments: [{ id: `${id}c`, isDraft }] }) as unknown as ThreadView
const opened = { at: 1, actor: null, sentence: 'Ana opened this', oid: null }
const pushed = { at: 5, actor: null, sentence: 'Ana pushed', oid: null }

test('one story, oldest first, without what nobody has said yet', () => {
  const items = talkItems([opened, pushed], {
    threads: [thread('b', 7), thread('a', 3), thread('d', 4, true)],
    reviews: [],
  })
  assert.deepEqual(
    items.map(({ key }) => key),
    ['event 0', 'a', 'event 1', 'b'],
  )
  assert.equal(talkItems([opened], undefined).length, 1)
})

test('a verdict is told once', () => {
  const bo = { id: 'usr_bo', username: 'bo', displayName: 'Bo Example' }
  const review = { id: 'r', createdAt: 5, reviewer: bo, dismissed: null } as unknown as ReviewView
  const approved = { at: 5, actor: bo, sentence: 'Bo Example approved', oid: null }
  const items = talkItems([opened, approved, pushed], { threads: [], reviews: [review] })
  assert.deepEqual(
    items.map(({ key }) => key),
    ['event 0', 'event 2', 'r'],
  )
})

test('the middle of a long story is folded, unless what is looked for stands there', () => {
  const many = talkItems([], { threads: Array.from({ length: 100 }, (_, at) => thread(`t${at}`, at)), reviews: [] })
  const folded = foldMiddle(many, null)
  assert.deepEqual(
    [folded.first.length, folded.hidden, folded.last.length],
    [SHOWN_FIRST, 100 - SHOWN_FIRST - SHOWN_LAST, SHOWN_LAST],
  )
  assert.equal(foldMiddle(many, 't50c').hidden, 0)
  assert.equal(foldMiddle(many, 't99').hidden, 100 - SHOWN_FIRST - SHOWN_LAST)
  assert.equal(foldMiddle(many.slice(0, 23), null).hidden, 0)
})
