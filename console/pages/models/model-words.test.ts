import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelView } from '../../api/shapes.ts'
import { certificationWords } from '../../ui/report-words.ts'
import { modelWords, reportsOf } from './model-words.ts'

const model: ModelView = {
  key: '01020304-0506-0708-0102-030405060708',
  name: 'Key 5',
  category: 'hardware-key',
  hasIcon: false,
  certification: 'FIDO_CERTIFIED_L1',
  isHardware: true,
  userVerification: ['passcode_external', 'fingerprint_internal', 'passcode_internal', 'presence_internal'],
  statuses: [],
  refusedFor: [],
}

test('a model in a line: its kind, how it knows its person, where its keys are', () => {
  assert.equal(
    modelWords(model),
    'Hardware key. Asks for PIN or fingerprint. Its keys stay in hardware, by its maker’s word.',
  )
  assert.equal(
    modelWords({ ...model, category: 'platform', isHardware: false, userVerification: [] }),
    'Key of one device. Keeps its keys in software, so none of them counts as verified hardware.',
  )
  assert.match(modelWords({ ...model, userVerification: ['presence_internal', 'none'] }), /Cannot check who holds it/)
})

test('reports are told once, those that count first; certificates are none', () => {
  const bad = {
    ...model,
    statuses: [
      { status: 'NOT_FIDO_CERTIFIED', effectiveAt: 1 },
      { status: 'FIDO_CERTIFIED_L1', effectiveAt: 2 },
      { status: 'FIPS140_CERTIFIED_L2', effectiveAt: 3 },
      { status: 'USER_VERIFICATION_BYPASS', effectiveAt: 4 },
      { status: 'UPDATE_AVAILABLE', effectiveAt: 5 },
      { status: 'UPDATE_AVAILABLE', effectiveAt: 6 },
      { status: 'REVOKED', effectiveAt: null },
    ],
    refusedFor: ['REVOKED'],
  }
  assert.deepEqual(reportsOf(bad, ['REVOKED', 'USER_VERIFICATION_BYPASS']), [
    { status: 'REVOKED', state: 'counts', effectiveAt: null },
    { status: 'USER_VERIFICATION_BYPASS', state: 'mended', effectiveAt: 4 },
    { status: 'UPDATE_AVAILABLE', state: 'noted', effectiveAt: 6 },
  ])
})

test('certification by its level', () => {
  assert.equal(certificationWords('FIDO_CERTIFIED'), 'FIDO certified')
  assert.equal(certificationWords('FIDO_CERTIFIED_L2'), 'FIDO certified, level 2')
  assert.equal(certificationWords('FIDO_CERTIFIED_L3plus'), 'FIDO certified, level 3+')
})
