import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newId } from '../database/id.ts'
import type { Caller } from '../identity/caller.ts'
import { pushProof } from './push-proof.ts'

const at = 1_760_000_000_000
const year = 365 * 86_400
const given = { name: 'laptop', scopes: ['repository:write'], repositoryIds: null }
const key = { category: 'hardware-key', aaguid: null } as const
const touch = { userPresence: true, userVerification: false, counter: 1 }
const age = (by: Caller['by']): number =>
  pushProof({ strength: 'mfa', authenticatedAt: at - 30_000, by }, at).ageSeconds

describe('how long ago whoever pushes has tapped', () => {
  const never: [string, Caller['by']][] = [
    ['an API token', { kind: 'token', tokenId: newId('tok'), ...given }],
    ['an OAuth grant', { kind: 'grant', grantId: newId('gra'), ...given }],
    ['an SSH key in a file', { kind: 'ssh-key', keyId: newId('ssk'), ...given, key: null, touch: null }],
    ['a deploy key', { kind: 'deploy-key', keyId: newId('dpk'), ...given }],
    [
      'a security key that nobody touched',
      { kind: 'ssh-key', keyId: newId('ssk'), ...given, key, touch: { ...touch, userPresence: false } },
    ],
  ]
  for (const [name, by] of never)
    test(`${name} meets no rule about it, however new it is`, () => assert.ok(age(by) > 10 * year))

  test('a security key over SSH counts from the touch that began the connection', () => {
    const by = { kind: 'ssh-key', keyId: newId('ssk'), ...given, key, touch } as const
    assert.equal(age(by), 30)
    assert.deepEqual(pushProof({ strength: 'mfa', authenticatedAt: at, by }, at), {
      strength: 'mfa',
      ageSeconds: 0,
      boundToAct: false,
      key,
    })
  })

  test('a certificate counts from the tap that made it', () => {
    assert.equal(age({ kind: 'ssh-certificate', certificateId: newId('sct'), ...given, key: null, touch: null }), 30)
  })
})
