import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Strength } from '../../database/schema.ts'
import type { Comparison } from '../../protocols/saml/parse-authn-request.ts'
import { answerContext, knownContexts } from './authn-context.ts'
import { isAtLeast } from '../../policy/strength.ts'

const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const mfa = 'https://refeds.org/profile/mfa'
const smartcard = 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'

const ask = (comparison: Comparison, classes: string[], strength: Strength): string => {
  const answer = answerContext({ comparison, classes }, strength)
  return answer.outcome === 'proven'
    ? answer.context
    : answer.outcome === 'stronger'
      ? `needs ${answer.strength}`
      : 'unknown'
}

test('where nothing is asked for, a passkey is called what it is: more than one factor', () => {
  assert.deepEqual(answerContext(null, 'passkey'), { outcome: 'proven', context: mfa })
  assert.deepEqual(answerContext(null, 'password'), { outcome: 'proven', context: password })
})

test('the first class that is proven is the answer, by whatever more', () => {
  assert.equal(ask('exact', [password], 'attested'), password)
  assert.equal(ask('exact', [smartcard, 'phrh', mfa], 'passkey'), mfa)
  assert.equal(ask('minimum', [mfa], 'device-bound'), mfa)
})

test('what another key would prove is asked for, the least of it', () => {
  assert.equal(ask('exact', ['phrh'], 'device-bound'), 'needs attested')
  assert.equal(ask('minimum', ['phrh', 'phr'], 'mfa'), 'needs passkey')
  assert.equal(ask('better', ['phr'], 'passkey'), 'needs attested')
})

test('what nothing here is called by is said to be so', () => {
  assert.equal(ask('exact', [smartcard], 'attested'), 'unknown')
  assert.equal(ask('exact', ['constructor'], 'attested'), 'unknown')
  assert.equal(ask('better', ['phrh'], 'attested'), 'unknown')
})

test('at most, and more than', () => {
  assert.equal(ask('maximum', [password, mfa], 'attested'), mfa)
  assert.equal(ask('maximum', ['phrh'], 'passkey'), password)
  assert.equal(ask('better', [password], 'passkey'), mfa)
})

test('no class is ever claimed by less than it takes', () => {
  const strengths: Strength[] = ['password', 'mfa', 'passkey', 'device-bound', 'attested']
  for (const strength of strengths)
    for (const comparison of ['exact', 'minimum', 'maximum', 'better'] as const)
      for (const context of Object.keys(knownContexts)) {
        const answer = answerContext({ comparison, classes: [context] }, strength)
        if (answer.outcome === 'proven') assert.ok(isAtLeast(strength, knownContexts[answer.context] ?? 'attested'))
      }
})
