import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Revocation, parseRevocation, renderRevocation, renderRevokedKeys } from './revocation.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import { renderCanonical } from './strict-json.ts'

const [a, b] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string]
const revocation: Revocation = { credentialId: 'AAAA', at: '2026-03-03T08:00:00Z', standing: [a, b] }

test('a revocation has one spelling: its digests in order, each once', () => {
  assert.deepEqual(parseRevocation(renderRevocation({ ...revocation, standing: [b, a, b] })), revocation)
  for (const other of [
    { standing: [b, a] },
    { standing: [a, a] },
    { standing: ['sha256:x'] },
    { at: 'yesterday' },
    { version: 2 },
    { more: 1 },
  ]) {
    const bytes = renderCanonical({ version: 1, ...revocation, ...other })
    assert.throws(() => parseRevocation(bytes), { code: 'revocation-malformed' }, JSON.stringify(other))
  }
})

test('revoked keys stand in the order in which they were lost; what has no SSH form is left out', () => {
  const signers = ([-7, -7, -8] as const).map((algorithm, index) =>
    SoftwareSigner.create({ username: `user-${index}`, addedAt: '2026-03-01T09:00:00Z', algorithm }),
  )
  const entries = signers.map(({ entry }) => entry)
  const lost = entries.map(({ credentialId }, index) => ({
    ...revocation,
    credentialId,
    at: `2026-03-0${5 - index}T08:00:00Z`,
  }))
  const lines = renderRevokedKeys(entries, lost).split('\n')
  assert.equal(lines.length, 3)
  assert.equal(lines[0], renderRevokedKeys(entries, lost.slice(1, 2)).trim())
  assert.equal(renderRevokedKeys(entries, []), '')
  assert.equal(renderRevokedKeys([], lost), '')
})
