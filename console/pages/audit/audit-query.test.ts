import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditQuery } from './audit-query.ts'

test('filters are passed on, empty and foreign ones are not', () => {
  assert.deepEqual(auditQuery({ actor: 'ana', action: '', cursor: 'x', method: 'passkey' }), {
    actor: 'ana',
    method: 'passkey',
  })
})

test('a day is a span of the reader’s own zone, its end included', () => {
  const { from, to } = auditQuery({ from: '2026-11-21', to: '2026-11-21' })
  assert.equal(Number(from), new Date(2026, 10, 21).getTime())
  assert.equal(Number(to) - Number(from), 86_399_999)
})

test('what is no day is left out', () => {
  assert.deepEqual(auditQuery({ from: 'yesterday', to: '2026-13-45' }), {})
})
