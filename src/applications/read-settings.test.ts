import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { ProblemError } from '../http/problem.ts'
import { readSettings } from './read-settings.ts'

const settingsSchema = Type.Object(
  {
    host: Type.String({ pattern: '^[a-z.]+$', description: 'a host name in small letters' }),
    addresses: Type.Optional(Type.Array(Type.String({ maxLength: 5, description: 'a short address' }))),
  },
  { additionalProperties: false },
)

const fieldsOf = (settings: unknown): unknown => {
  try {
    return readSettings({ settingsSchema }, settings)
  } catch (error) {
    assert.ok(error instanceof ProblemError)
    assert.equal(error.status, 422)
    return error.details.fields
  }
}

test('what fits is handed on as it is', () => {
  assert.deepEqual(fieldsOf({ host: 'wiki.example' }), { host: 'wiki.example' })
})

test('what does not names its field, in the words of the schema', () => {
  assert.deepEqual(fieldsOf({ host: 'WIKI' }), { 'settings.host': 'settings.host: a host name in small letters.' })
  assert.deepEqual(fieldsOf({ host: 'a', addresses: ['short', 'too long'] }), {
    'settings.addresses.1': 'settings.addresses.1: a short address.',
  })
  assert.deepEqual(fieldsOf({}), { 'settings.host': 'settings.host: has to be filled in.' })
  assert.deepEqual(fieldsOf({ host: 'a', secret: 'x' }), { 'settings.secret': 'settings.secret: is not known.' })
})
