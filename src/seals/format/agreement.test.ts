import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countPeople, levelOf } from './agreement.ts'
import { draftProtect } from './draft.ts'
import type { SignerEntry } from './signer-entry.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import { type VerifiedSeal, verifySeal } from './verify-seal.ts'

const addedAt = '2026-03-01T09:00:00Z'

/** A verified seal of a new key, whose entry then says what a dishonest list could. */
function sealOf(username: string, over: Partial<SignerEntry> = {}): VerifiedSeal {
  const signer = SoftwareSigner.create({ username, addedAt })
  const context = {
    signer: { userId: `usr_${username}`, username },
    requestedBy: 'usr_ada',
    policyDigest: `sha256:${'0'.repeat(64)}`,
    issuedAt: Date.parse('2026-03-01T10:00:00Z'),
    notAfter: Date.parse('2026-03-01T10:05:00Z'),
  }
  const start = { repository: { id: 'rep_1', url: 'http://localhost:7400/a/b' }, targetRef: 'refs/heads/main' }
  const record = signer.seal(draftProtect(context, { ...start, tree: 'c'.repeat(40), baseline: 'b'.repeat(40) }))
  const seal = verifySeal({ record, signers: new Map([[signer.entry.credentialId, signer.entry]]) })
  return { ...seal, entry: { ...seal.entry, ...over } }
}

const names = (merged: VerifiedSeal, approvals: VerifiedSeal[]) =>
  countPeople({ seal: merged, did: 'merged' }, approvals).map(({ seal, did }) => `${seal.entry.username} ${did}`)

test('whoever moved the branch comes first, then approvals in their order', () => {
  assert.deepEqual(names(sealOf('ada'), [sealOf('bob'), sealOf('carol')]), [
    'ada merged',
    'bob approved',
    'carol approved',
  ])
})

test('one person counts once: by id, by name, by key, and by way of a third seal', () => {
  const ada = sealOf('ada')
  assert.deepEqual(names(ada, [sealOf('ada')]), ['ada merged'])
  assert.deepEqual(names(ada, [sealOf('ada', { userId: 'usr_other' })]), ['ada merged'])
  assert.deepEqual(names(ada, [sealOf('zoe', { userId: 'usr_ada' })]), ['ada merged'])
  assert.deepEqual(names(ada, [sealOf('zoe', { publicKey: ada.entry.publicKey })]), ['ada merged'])
  const zoe = sealOf('zoe')
  const both = sealOf('zoe', { publicKey: ada.entry.publicKey })
  assert.deepEqual(names(ada, [zoe, both]), ['ada merged'])
  assert.deepEqual(names(ada, [both, zoe]), ['ada merged'])
  assert.deepEqual(names(ada, [zoe, both, sealOf('bob')]), ['ada merged', 'bob approved'])
})

test('two people make level 4', () => {
  const merged = { seal: sealOf('ada'), did: 'merged' } as const
  assert.equal(levelOf(countPeople(merged, []), true), 3)
  assert.equal(levelOf(countPeople(merged, [sealOf('bob')]), true), 4)
  assert.equal(levelOf(countPeople(merged, [sealOf('bob')]), false), 3)
})
