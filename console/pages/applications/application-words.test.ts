import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audienceWords, slugFrom } from './application-words.ts'
import { settingsFacts } from './settings-facts.ts'

test('an audience of groups without any is nobody', () => {
  assert.equal(audienceWords({ audience: 'groups', groups: [] }), 'Nobody: its groups are gone')
  assert.equal(audienceWords({ audience: 'groups', groups: ['crew'] }), 'The group crew')
  assert.equal(audienceWords({ audience: 'members', groups: [] }), 'Everyone but guests')
})

test('a short name is made of what a name has of letters and digits', () => {
  assert.equal(slugFrom('  Büro-Wiki (neu)! '), 'buro-wiki-neu')
  assert.equal(slugFrom('日本'), '')
})

test('of a tool without back-channel logout it is said that its session is its own', () => {
  const facts = settingsFacts({
    kind: 'openid',
    settings: { redirectUris: ['https://a.example', 'https://b.example'] },
  })
  assert.deepEqual(facts, [
    ['Signs people in at', 'https://a.example https://b.example'],
    ['Groups it is told of', 'none'],
    ['Told of sign-outs', 'no: its own session lasts as long as it decides'],
  ])
  assert.deepEqual(settingsFacts({ kind: 'route', settings: { host: 'a' } }), [])
})
