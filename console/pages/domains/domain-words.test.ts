import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsWords, accountWords, domainState } from './domain-words.ts'

test('a domain whose proof is missing says so before it is lost', () => {
  assert.equal(domainState({ state: 'waiting', failingSince: null }).word, 'Not verified yet')
  assert.equal(domainState({ state: 'verified', failingSince: null }).tone, 'good')
  assert.deepEqual(domainState({ state: 'verified', failingSince: 1 }), { word: 'Proof not found', tone: 'bad' })
  assert.equal(domainState({ state: 'lost', failingSince: 1 }).word, 'Proof lost')
})

test('who is there is counted in words', () => {
  const none = { people: 0, unmanaged: 0, unconfirmed: 0, noticed: 0, objected: 0, managed: 0 }
  assert.equal(accountsWords(none), 'Nobody has an address there')
  assert.equal(accountsWords({ ...none, people: 1, unmanaged: 1 }), '1 person, managed by nobody')
  assert.equal(
    accountsWords({ ...none, people: 1, unmanaged: 1, unconfirmed: 1 }),
    '1 person, managed by nobody, with an address never confirmed',
  )
  assert.equal(
    accountsWords({ ...none, people: 3, unmanaged: 2, unconfirmed: 1 }),
    '3 people, 2 managed by nobody, 1 of them with an address never confirmed',
  )
  assert.equal(accountsWords({ ...none, people: 3, unmanaged: 1 }), '3 people, 1 managed by nobody')
  assert.equal(accountsWords({ ...none, people: 1200 }), '1,200 people, all of them managed')
})

test('a person is managed, told, objecting, or none of it', () => {
  const account = {
    person: { id: 'usr_1', username: 'ana', displayName: 'Ana' },
    email: 'ana@acme.example',
    isEmailVerified: true,
    role: 'member' as const,
    lastSeenAt: null,
    management: 'nobody' as const,
    claim: null,
  }
  const claim = {
    id: 'clm_1',
    state: 'noticed' as const,
    noticedAt: 0,
    graceEndsAt: Date.UTC(2026, 0, 15, 12),
    objectedAt: null,
  }
  assert.equal(accountWords(account, 0), 'Managed by nobody')
  assert.equal(accountWords({ ...account, management: 'another' }, 0), 'Managed by a directory')
  assert.equal(accountWords({ ...account, claim }, 0), 'Told; managed from 15 January 2026 on')
  assert.equal(accountWords({ ...account, claim: { ...claim, state: 'objected' } }, 0), 'Objects')
  assert.match(accountWords({ ...account, claim: { ...claim, state: 'objected' } }, claim.graceEndsAt), /decide/)
})
