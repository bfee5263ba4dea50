import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ApplicationValues, changesOf, settingError, tidySettings } from './application-form.ts'

test('lists lose their empty lines, and every text the spaces around it', () => {
  assert.deepEqual(tidySettings({ uris: [' https://a.example ', '', '  '], on: true, id: ' x ', none: null }), {
    uris: ['https://a.example'],
    on: true,
    id: 'x',
    none: null,
  })
})

test('a refusal of one line stands at its list', () => {
  const errors = { 'settings.redirectUris.1': 'not an address' }
  assert.equal(settingError({ errors }, 'redirectUris'), 'not an address')
  assert.equal(settingError({ errors }, 'redirect'), null)
  const placed = { 'settings.host': 'settings.host: has to be filled in.' }
  assert.equal(settingError({ errors: placed }, 'host'), 'Has to be filled in.')
})

test('only what became different is sent, and who may is said as one', () => {
  const before: ApplicationValues = {
    name: 'Wiki',
    slug: 'wiki',
    description: '',
    launchUrl: '',
    audience: 'groups',
    groups: ['crew'],
    strength: 'passkey',
    settings: { redirectUris: ['https://a.example'] },
    asked: {},
  }
  assert.deepEqual(changesOf(before, before), {})
  assert.deepEqual(
    changesOf(before, { ...before, name: ' Wiki ', settings: { redirectUris: ['https://a.example', ''] } }),
    {},
  )
  assert.deepEqual(changesOf(before, { ...before, audience: 'members' }), { audience: 'members', groups: [] })
  assert.deepEqual(changesOf(before, { ...before, groups: ['crew', 'ops'], launchUrl: 'https://b.example' }), {
    audience: 'groups',
    groups: ['crew', 'ops'],
    launchUrl: 'https://b.example',
  })
})
