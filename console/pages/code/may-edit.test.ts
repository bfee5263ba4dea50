import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayEdit } from './may-edit.ts'

test('whoever may only read is offered nothing, and nobody can change a commit', () => {
  assert.equal(mayEdit({ myRole: 'write', isEmpty: false }, undefined), true)
  assert.equal(mayEdit({ myRole: 'admin', isEmpty: false }, 'topic'), true)
  assert.equal(mayEdit({ myRole: 'read', isEmpty: false }, undefined), false)
  assert.equal(mayEdit({ myRole: 'write', isEmpty: true }, undefined), false)
  assert.equal(mayEdit({ myRole: 'write', isEmpty: false }, 'a'.repeat(40)), false)
})
