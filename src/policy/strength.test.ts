import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttestationOutcome } from '../database/schema.ts'
import { acrOf, amrOf, credentialStrength, isAtLeast, weaker } from './strength.ts'

test('the ladder is ordered', () => {
  assert.ok(isAtLeast('attested', 'device-bound') && isAtLeast('passkey', 'passkey') && isAtLeast('mfa', 'password'))
  assert.ok(!isAtLeast('passkey', 'device-bound') && !isAtLeast('password', 'mfa'))
  assert.equal(weaker('attested', 'passkey'), 'passkey')
})

test('a key’s own word is worth device-bound, a verified chain attested, a synced key passkey whatever its chain', () => {
  const of = (backupEligible: 0 | 1, attestationOutcome: AttestationOutcome) =>
    credentialStrength({ backupEligible, attestationOutcome, strengthCap: null })
  assert.deepEqual(
    [of(0, 'none'), of(0, 'self'), of(0, 'unverified-chain')],
    ['device-bound', 'device-bound', 'device-bound'],
  )
  assert.equal(of(0, 'verified'), 'attested')
  assert.equal(of(1, 'verified'), 'passkey')
  // A model that is reported broken counts no more than a passkey; one without hardware protection is only its own word.
  assert.equal(of(0, 'bad-status'), 'passkey')
  assert.equal(of(0, 'verified-software'), 'device-bound')
})

test('a cap lowers and never raises', () => {
  assert.equal(
    credentialStrength({ backupEligible: 0, attestationOutcome: 'verified', strengthCap: 'passkey' }),
    'passkey',
  )
  assert.equal(
    credentialStrength({ backupEligible: 1, attestationOutcome: 'none', strengthCap: 'attested' }),
    'passkey',
  )
})

test('hardware protection is said of attested keys alone', () => {
  assert.deepEqual((['password', 'mfa', 'passkey', 'device-bound', 'attested'] as const).map(acrOf), [
    null,
    null,
    'phr',
    'phr',
    'phrh',
  ])
  const [hardware, synced] = [{ category: 'hardware-key' }, { category: 'synced' }] as const
  assert.deepEqual(amrOf('attested', hardware), ['hwk', 'user', 'pop'])
  assert.deepEqual(amrOf('device-bound', hardware), ['user', 'pop'], 'a software key can claim as much')
  assert.deepEqual(amrOf('passkey', synced), ['swk', 'user', 'pop'])
  assert.deepEqual(amrOf('passkey', hardware), ['user', 'pop'], 'capped, and no software for it')
  assert.deepEqual(amrOf('passkey', null), ['user', 'pop'])
  assert.deepEqual(amrOf('mfa', null), ['pwd', 'otp', 'mfa'])
})
