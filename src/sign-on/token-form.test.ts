import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOauthSecret, newOauthSecret } from './token-form.ts'

test('a secret says what it is, and a mistyped one is none', () => {
  const access = newOauthSecret('oat')
  assert.match(access, /^pst_oat_[\w-]{43}[0-9a-f]{8}$/)
  assert.ok(isOauthSecret('oat', access))
  assert.ok(!isOauthSecret('ort', access))
  const other = access.at(20) === 'a' ? 'b' : 'a'
  for (const wrong of [
    '',
    'pst_oat_',
    `${access}0`,
    access.slice(0, -1),
    `${access.slice(0, 20)}${other}${access.slice(21)}`,
    access.replace('pst_oat_', 'pst_ort_'),
    access.replace('pst_oat_', 'pst_pat_'),
  ])
    assert.ok(!isOauthSecret('oat', wrong) && !isOauthSecret('ort', wrong), wrong)
})
