import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { claimedGroups } from './claimed-groups.ts'
import { claimedStrength } from './claimed-strength.ts'
import { verifiedAddress } from './verified-address.ts'

describe('what a sign-in elsewhere is worth', () => {
  const worth = (claims: object, trustsAcr: 'none' | 'mfa' | 'phr', demandsLocalPasskey: 0 | 1 = 0) =>
    claimedStrength({ ...claims }, { trustsAcr, demandsLocalPasskey })

  test('nothing is believed unless an owner lets it be', () => {
    for (const claims of [{}, { acr: 'phrh' }, { amr: ['mfa', 'hwk', 'phr'] }])
      assert.equal(worth(claims, 'none'), 'password')
  })

  test('a second factor where it is believed, and never more than that by itself', () => {
    assert.equal(worth({ amr: ['pwd', 'mfa'] }, 'mfa'), 'mfa')
    assert.equal(worth({ amr: ['pwd', 'otp'] }, 'mfa'), 'password')
    assert.equal(worth({ acr: 'phrh' }, 'mfa'), 'mfa')
    assert.equal(worth({ acr: 'urn:mfa', amr: 'mfa' }, 'phr'), 'password', 'a claim of another form says nothing')
  })

  test('a passkey where it says so in those words, and nothing above', () => {
    assert.equal(worth({ acr: 'phr' }, 'phr'), 'passkey')
    assert.equal(worth({ acr: 'phrh' }, 'phr'), 'passkey')
    assert.equal(worth({ amr: ['phr'] }, 'phr'), 'passkey')
    assert.equal(worth({ acr: 'PHR' }, 'phr'), 'password')
    assert.equal(worth({ amr: ['mfa'] }, 'phr'), 'mfa')
    assert.equal(worth({ acr: 'phrh' }, 'phr', 1), 'mfa', 'a passkey of this place is demanded on top')
  })
})

describe('groups in a claim', () => {
  test('a list, one, or none', () => {
    assert.deepEqual([...(claimedGroups({ groups: ['a', 'b', 1, null] }, 'groups') ?? [])], ['a', 'b'])
    assert.deepEqual([...(claimedGroups({ groups: 'a' }, 'groups') ?? [])], ['a'])
    assert.equal(claimedGroups({}, 'groups')?.size, 0)
    assert.equal(claimedGroups({}, 'constructor')?.size, 0)
  })

  test('too many to list is not the same as none', () => {
    assert.equal(claimedGroups({ _claim_names: { groups: 'src1' } }, 'groups'), undefined)
    assert.equal(claimedGroups({ hasgroups: true }, 'groups'), undefined)
    assert.equal(claimedGroups({ groups: Array.from({ length: 2_001 }, String) }, 'groups'), undefined)
  })
})

describe('an address that somebody vouches for', () => {
  const okta = 'https://acme.okta.com'
  const entra = 'https://login.microsoftonline.com/4f8e/v2.0'
  const google = 'https://accounts.google.com'

  test('only where the provider says so, and true is true', () => {
    assert.equal(verifiedAddress({ email: 'Ana@Acme.example', email_verified: true }, okta), 'ana@acme.example')
    for (const email_verified of [undefined, false, 'true', 1, null])
      assert.equal(verifiedAddress({ email: 'ana@acme.example', email_verified }, okta), undefined)
    for (const email of [
      '',
      'ana',
      '@acme.example',
      'a b@acme.example',
      'a@b@acme.example',
      ['ana@acme.example'],
      `${'a'.repeat(250)}@b.cd`,
    ])
      assert.equal(verifiedAddress({ email, email_verified: true }, okta), undefined, String(email))
  })

  test('at Microsoft only where the tenant owns the domain: anybody may type any address in theirs', () => {
    assert.equal(verifiedAddress({ email: 'ana@acme.example', email_verified: true }, entra), undefined)
    assert.equal(verifiedAddress({ email: 'ana@acme.example', xms_edov: false }, entra), undefined)
    assert.equal(verifiedAddress({ email: 'ana@acme.example', xms_edov: true }, entra), 'ana@acme.example')
    assert.equal(verifiedAddress({ email: 'ana@acme.example', xms_edov: true }, okta), undefined)
  })

  test('at Google only where the domain manages the account', () => {
    const claims = { email: 'ana@acme.example', email_verified: true }
    assert.equal(verifiedAddress(claims, google), undefined)
    assert.equal(verifiedAddress({ ...claims, hd: 'other.example' }, google), undefined)
    assert.equal(verifiedAddress({ ...claims, hd: 'acme.example' }, google), 'ana@acme.example')
  })
})
