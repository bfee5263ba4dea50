import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fill, fillAll, namesIn } from './fill-recipe.ts'

test('names in braces become values; unknown ones and those of shells stay', () => {
  assert.equal(fill('{address}/x?{other}', { address: 'https://a.example' }), 'https://a.example/x?{other}')
  assert.equal(fill('${preferred_username} ${name}', { name: 'no' }), '${preferred_username} ${name}')
  assert.deepEqual(namesIn('{a} ${b} { c } {clientId}'), ['a', 'clientId'])
})

test('settings are filled however deep, and what is no text stays what it is', () => {
  const settings = { acsUrls: ['{acs}'], sign: true, list: [{ name: '{acs}', many: 3 }], none: null }
  assert.deepEqual(fillAll(settings, { acs: 'x' }), {
    acsUrls: ['x'],
    sign: true,
    list: [{ name: 'x', many: 3 }],
    none: null,
  })
})
