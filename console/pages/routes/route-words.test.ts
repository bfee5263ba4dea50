import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routeRuleSentence, withSetting } from './route-words.ts'

test('a rule of a route is said in one sentence', () => {
  const title = 'Admin'
  assert.equal(routeRuleSentence({ title }), undefined)
  assert.equal(
    routeRuleSentence({ title, paths: ['/admin*'], methods: ['POST', 'DELETE'], groups: ['operations'] }),
    'POST or DELETE on /admin* is open to operations alone.',
  )
  assert.equal(
    routeRuleSentence({ title, networks: ['0.0.0.0/0'], requires: { strength: 'attested', freshnessSeconds: 900 } }),
    'Everything there, for those who come from 0.0.0.0/0, takes a hardware key of a verified model and takes a tap within the last 15 minutes.',
  )
})

test('what is cleared is no setting', () => {
  assert.deepEqual(withSetting({ a: 1, b: 2 }, 'a', ''), { b: 2 })
  assert.deepEqual(withSetting({ a: 1 }, 'a', []), {})
  assert.deepEqual(withSetting({}, 'a', { b: 1 }), { a: { b: 1 } })
})
