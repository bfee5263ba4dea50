import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whatWords } from './what-words.ts'

test('as what somebody is invited, and a few of the places', () => {
  const places = ['pay/api', 'pay/web', 'ops', 'docs'].map((path) => ({ path }))
  assert.equal(whatWords({ role: 'guest' }, []), 'as a guest')
  assert.equal(whatWords({ role: 'member' }, places.slice(0, 2)), 'as a member, to pay/api and pay/web')
  assert.equal(whatWords({ role: 'admin' }, places), 'as an administrator, to pay/api, pay/web, ops and 1 more')
})
