import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstPolicy } from '../policy/rule.ts'
import type { StatusReport } from '../protocols/webauthn/metadata-entry.ts'
import { makeCertificate } from '../protocols/test-certificate.ts'
import { findBadStatuses } from './statuses.ts'

const now = Date.UTC(2026, 0, 1)
const report = (status: string, day: string | null = null, certificate: string | null = null): StatusReport => ({
  status,
  effectiveAt: day === null ? null : Date.parse(day),
  certificate,
})
const bad = (reports: StatusReport[], refused: readonly string[] = firstPolicy.refusedModelStatuses) =>
  findBadStatuses(reports, { refused, path: [], now })

test('by default a revocation, a compromise and a bypass count', () => {
  assert.deepEqual(firstPolicy.refusedModelStatuses, [
    'REVOKED',
    'ATTESTATION_KEY_COMPROMISE',
    'USER_VERIFICATION_BYPASS',
    'USER_KEY_REMOTE_COMPROMISE',
    'USER_KEY_PHYSICAL_COMPROMISE',
  ])
})

test('what is certified, submitted or unknown is no reason to refuse', () => {
  assert.deepEqual(
    bad([report('FIDO_CERTIFIED_L2', '2024-01-01'), report('SELF_ASSERTION_SUBMITTED'), report('NEW_WORD')]),
    [],
  )
  assert.deepEqual(bad([]), [])
})

test('each default counts, once, wherever it stands', () => {
  for (const status of firstPolicy.refusedModelStatuses)
    assert.deepEqual(bad([report(status, '2025-01-01'), report('FIDO_CERTIFIED', '2025-06-01'), report(status)]), [
      status,
    ])
})

test('a later update mends what firmware did wrong, an earlier one or one to come does not', () => {
  const broken = report('USER_VERIFICATION_BYPASS', '2025-03-01')
  assert.deepEqual(bad([broken, report('UPDATE_AVAILABLE', '2025-04-01')]), [])
  assert.deepEqual(
    bad([report('UPDATE_AVAILABLE', '2025-04-01'), broken]),
    [],
    'the order of the list gives way to dates',
  )
  for (const update of ['2025-02-01', '2027-01-01', null])
    assert.deepEqual(bad([broken, report('UPDATE_AVAILABLE', update)]), ['USER_VERIFICATION_BYPASS'])
})

test('on one day the list’s order decides, and without a date a report is the newest', () => {
  const broken = report('USER_KEY_REMOTE_COMPROMISE', '2025-03-01')
  const update = report('UPDATE_AVAILABLE', '2025-03-01')
  assert.deepEqual(bad([broken, update]), [])
  assert.deepEqual(bad([update, broken]), ['USER_KEY_REMOTE_COMPROMISE'])
  assert.deepEqual(bad([report('USER_KEY_REMOTE_COMPROMISE'), update]), ['USER_KEY_REMOTE_COMPROMISE'])
})

test('what is broken again after the update counts again', () => {
  const reports = ['2025-03-01', '2025-05-01'].map((day) => report('USER_KEY_PHYSICAL_COMPROMISE', day))
  assert.deepEqual(bad([...reports, report('UPDATE_AVAILABLE', '2025-04-01')]), ['USER_KEY_PHYSICAL_COMPROMISE'])
})

test('no update takes back a leaked attestation key or a revocation', () => {
  for (const status of ['REVOKED', 'ATTESTATION_KEY_COMPROMISE'])
    assert.deepEqual(bad([report(status, '2025-03-01'), report('UPDATE_AVAILABLE', '2025-04-01')]), [status])
})

test('an administrator may refuse more, such as keys that could have been updated, or nothing', () => {
  const reports = [report('USER_VERIFICATION_BYPASS', '2025-03-01'), report('UPDATE_AVAILABLE', '2025-04-01')]
  assert.deepEqual(bad(reports, [...firstPolicy.refusedModelStatuses, 'UPDATE_AVAILABLE']), ['UPDATE_AVAILABLE'])
  assert.deepEqual(bad([report('REVOKED')], []), [])
})

test('a leaked key of one batch concerns that batch, and everybody where the batch cannot be told', () => {
  const [one, other] = [makeCertificate({ subject: [['CN', 'one']] }), makeCertificate({ subject: [['CN', 'other']] })]
  const leaked = [report('ATTESTATION_KEY_COMPROMISE', '2025-01-01', one.der.toString('base64'))]
  const badFor = (path: (typeof one)[]) =>
    findBadStatuses(leaked, { refused: firstPolicy.refusedModelStatuses, path: path.map(({ x509 }) => x509), now })
      .length
  assert.deepEqual([badFor([one]), badFor([other]), badFor([])], [1, 0, 1])
})
