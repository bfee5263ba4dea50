import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, floor, type PolicyAct, policyDigest } from './decide.ts'

const proof = (
  strength: 'password' | 'mfa' | 'passkey' | 'device-bound' | 'attested',
  more: { ageSeconds?: number; boundToAct?: boolean } = {},
) => ({
  strength,
  ageSeconds: 0,
  boundToAct: false,
  ...more,
})
const acts = Object.keys(floor) as PolicyAct[]

test('nothing proven, or too little, is a step up that says what would do', () => {
  for (const act of acts)
    for (const weak of [null, proof('password', { boundToAct: true }), proof('mfa', { boundToAct: true })]) {
      const decision = decide({ act, actorKind: 'person', proof: weak })
      assert.deepEqual(decision, { outcome: 'step-up', rule: `floor:${act}`, requirement: floor[act] })
    }
})

test('an act takes a tap bound to it, however fresh and strong the session', () => {
  for (const act of ['act', 'merge', 'protect'] as const) {
    assert.equal(decide({ act, actorKind: 'person', proof: proof('attested') }).outcome, 'step-up')
    assert.equal(decide({ act, actorKind: 'person', proof: proof('passkey', { boundToAct: true }) }).outcome, 'allow')
  }
})

test('a session asks for no tap of its own, however old', () => {
  assert.equal(
    decide({ act: 'session', actorKind: 'person', proof: proof('passkey', { ageSeconds: 1e6 }) }).outcome,
    'allow',
  )
})

test('an agent can do nothing that takes a tap, whatever it shows', () => {
  for (const actorKind of ['agent', 'system'] as const)
    for (const act of acts.filter((one) => one !== 'session'))
      assert.equal(decide({ act, actorKind, proof: proof('attested', { boundToAct: true }) }).outcome, 'deny')
})

test('the digest names the rules in force and moves only with them', () => {
  assert.match(policyDigest(), /^sha256:[0-9a-f]{64}$/)
  assert.equal(policyDigest(), policyDigest())
})
