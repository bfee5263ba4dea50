import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '../../../src/policy/catalogue.ts'
import { ruleSentence } from './rule-sentence.ts'

test('each rule of the catalogue is said in plain words', () => {
  assert.deepEqual(Object.fromEntries(catalogue.map(({ rule }) => [rule.id, ruleSentence(rule)])), {
    'admin-sign-in': 'Owners and administrators need a hardware key of a verified model to sign in.',
    'admin-merge':
      'Owners, administrators and administrators of the repository need a key that says it cannot be copied (not verified) to merge a pull request.',
    'tap-to-push': 'Everybody needs a tap each time to push to a branch on main or release/*.',
    'tap-to-tag': 'Everybody needs a tap each time to make or delete a tag.',
    'bypass-key': 'Everybody needs a key that says it cannot be copied (not verified) to merge past a branch’s rule.',
    'guest-keys': 'Guests may not use synced passkeys to register a passkey or sign in.',
    'two-people': 'Everybody needs a second administrator’s tap to change a guardrail.',
    'token-lifetime': 'Everybody may keep an API token for 90 days at most.',
    'guest-tokens': 'Guests may keep an API token for 7 days at most.',
    'admin-networks':
      'Owners and administrators must come from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 3 more ranges to do anything.',
    'session-limits': 'Everybody is signed out after 1 hour without use, and 12 hours after signing in at the latest.',
    'hardware-keys': 'Everybody may use only hardware keys to register a passkey or sign in.',
    'ssh-hardware-keys': 'Everybody may use only hardware keys to come in over SSH.',
    'tools-hardware-key': 'Everybody needs a hardware key of a verified model to open an application.',
    'ssh-pin': 'Everybody needs a security key with its PIN to come in over SSH.',
  })
})

test('one person, a place, a date', () => {
  const rule = {
    who: ['user:ana'],
    does: ['merge'],
    where: { repositories: ['crew/rocket', 'crew'], branches: ['main', 'release/*'], networks: ['192.0.2.0/24'] },
    requires: { strength: 'attested' as const },
    enforceFrom: Date.UTC(2026, 11, 1, 12),
  }
  assert.equal(
    ruleSentence(rule),
    'From 1 December 2026 on, ana needs a hardware key of a verified model to merge a pull request in crew/rocket or crew on main or release/* when coming from 192.0.2.0/24.',
  )
})

test('several things asked become several sentences, many names a few', () => {
  const rule = {
    who: ['user:ana', 'user:bo', 'group:crew', 'agents', 'role:guest'],
    does: ['*'],
    requires: { strength: 'device-bound' as const, networks: ['::1'], sessionIdleSeconds: 300, tokenLifetimeDays: 1 },
  }
  assert.equal(
    ruleSentence(rule),
    'Ana, bo, people in the group crew and 2 more need a key that says it cannot be copied (not verified), and must come from ::1 to do anything. They are signed out after 5 minutes without use. They may keep an API token for 1 day at most.',
  )
})

test('models are said by their names where they are known', () => {
  const aaguid = '01020304-0506-0708-0102-030405060708'
  const rule = { who: ['everyone'], does: ['sign-in'], requires: { models: { allow: [aaguid], deny: ['platform'] } } }
  assert.equal(
    ruleSentence(rule, () => 'Key 5'),
    'Everybody may use only Key 5, and may not use keys of one device to sign in.',
  )
  assert.match(ruleSentence(rule), /only the model 01020304-/)
})

test('a tool is opened, and parts of it are named', () => {
  const where = { applications: ['grafana', 'wiki'], paths: ['/admin*'], methods: ['POST', 'DELETE'] }
  assert.equal(
    ruleSentence({ who: ['everyone'], does: ['application.use'], where, requires: { strength: 'attested' } }),
    'Everybody needs a hardware key of a verified model to open grafana or wiki on /admin* with POST or DELETE.',
  )
  assert.equal(
    ruleSentence({ who: ['guests'], does: ['application.use'], requires: { freshnessSeconds: 3600 } }),
    'Guests must tap again when the last tap is older than 1 hour.',
  )
})
