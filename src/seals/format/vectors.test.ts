import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { commitOid } from '../../protocols/sshsig/commit-signature.ts'
import { sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { renderAllowedSigners } from './allowed-signers.ts'
import { renderCommit, sealedCommit, trailersFor } from './commit.ts'
import { parseEnvelope, preAuthEncoding, renderEnvelope } from './dsse.ts'
import { parseRevocation, renderRevocation, renderRevokedKeys, revocationPath, withStanding } from './revocation.ts'
import { SealError } from './seal-error.ts'
import { parseRawDiff, patchDigest } from './patch-digest.ts'
import { type SealRecord, readSealRecord, renderSealRecord, sealRecordToJson } from './seal-record.ts'
import { type SignerEntry, parseSignerEntry } from './signer-entry.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import { parseStatement, statementDigest } from './statement.ts'
import { renderCanonical } from './strict-json.ts'
import { renderTag, sealedTag, tagOid, tagTrailersFor } from './tag.ts'
import {
  type RefusedVector,
  type RevocationVector,
  type Vector,
  type VectorKeys,
  type VectorPlace,
  createVectors,
} from './vectors-testing.ts'
import { verifyApproval, verifyConfirmation } from './verify-approval.ts'
import { type Signers, verifySeal } from './verify-seal.ts'
import { verifySealedCommit, verifySealedEdit } from './verify-sealed-commit.ts'
import { verifySealedUpdate } from './verify-sealed-update.ts'
import { verifySealedTag } from './verify-sealed-tag.ts'
import { verifySignerChain } from './verify-signer-chain.ts'

const folder = new URL('../../../docs/formats/vectors/', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

function entriesOf(vector: { entries: unknown[] }): SignerEntry[] {
  return vector.entries.map((entry) => parseSignerEntry(renderCanonical(entry as object)))
}
const mapOf = (entries: SignerEntry[]) => new Map(entries.map((entry) => [entry.credentialId, entry]))

const names = [
  'seal-merge',
  'seal-squash-eddsa',
  'seal-protect',
  'seal-act',
  'seal-commit',
  'seal-tag',
  'seal-push',
  'seal-rebase',
  'seal-approve',
]
for (const name of names.map((stem) => `${stem}.json`)) {
  test(`${name}: every layer is as written, and verifies`, () => {
    const vector = read(name) as Vector
    const record = readSealRecord(vector.record)
    const entries = entriesOf(vector)
    const signers = mapOf(entries)
    assert.equal(record.statement.toString(), vector.statement)
    assert.equal(statementDigest(record.statement), vector.statementDigest)
    assert.equal(renderAllowedSigners(entries), vector.allowedSigners)
    assert.deepEqual(JSON.parse(renderSealRecord(record).toString()), vector.record)
    const message = Buffer.from(vector.message, 'base64')
    assert.equal(sshsigBlob(vector.namespace, message).toString('base64url'), vector.challenge)
    assert.ok([...verifySignerChain(entries).values()].every(({ trust }) => trust !== 'server'))
    const { predicate } = parseStatement(record.statement)

    if (vector.tagTemplate) {
      const trailers = tagTrailersFor(parseStatement(record.statement), vector.statementDigest)
      const tag = Buffer.from(vector.tag ?? '', 'base64')
      assert.equal(renderTag(vector.tagTemplate, trailers).toString(), message.toString())
      assert.deepEqual(sealedTag(message, record.armored), tag)
      assert.equal(tagOid(tag), vector.tagOid)
      const { repository, targetRef: ref = '' } = predicate
      const verified = verifySealedTag({
        tag,
        repositoryId: repository?.id ?? '',
        ref,
        findSeal: () => record,
        signers,
      })
      assert.equal(verified.commit, vector.tagTemplate.object)
      return
    }
    if (!vector.template) {
      assert.deepEqual(preAuthEncoding(record.statement), message)
      const envelope = parseEnvelope(renderCanonical(vector.envelope as object))
      assert.deepEqual(envelope.payload, record.statement)
      assert.deepEqual(renderEnvelope(envelope), renderCanonical(vector.envelope as object))
      assert.equal(verifySeal({ record, signers }).statement.predicate.action, predicate.action)
      if (vector.rawDiff === undefined) return
      const patch = patchDigest(parseRawDiff(Buffer.from(vector.rawDiff, 'base64')))
      assert.deepEqual(parseStatement(record.statement).subject[1], { name: 'patch', digest: { sha256: patch } })
      return
    }
    const trailers = trailersFor(parseStatement(record.statement), vector.statementDigest)
    const commit = Buffer.from(vector.commit ?? '', 'base64')
    assert.equal(renderCommit(vector.template, trailers).toString(), message.toString())
    assert.deepEqual(sealedCommit(message, record.armored), commit)
    assert.equal(commitOid(commit), vector.commitOid)
    const { repository, targetRef: ref = '' } = predicate
    const findSeal = (digest: string) => (digest === vector.statementDigest ? record : undefined)
    const given = { commit, repositoryId: repository?.id ?? '', ref, findSeal, signers }
    if (predicate.action !== 'commit') return assert.equal(verifySealedCommit(given).pullRequest, '12')
    assert.equal(verifySealedEdit(given).parent, vector.template.parents[0])
    assert.throws(() => verifySealedCommit(given), { code: 'no-seal' })
  })
}

function verifyIn(place: VectorPlace, record: SealRecord, signers: Signers): unknown {
  const { base, tip, tree } = place
  if (record.action === 'approve') return verifyApproval({ ...place, record, signers })
  if (record.action === 'confirm') return verifyConfirmation({ ...place, record, signers })
  return verifySealedUpdate({ ...place, base, tip: { oid: tip, tree }, record, signers })
}

test('what is refused of another change holds of its own', () => {
  const { 'seal-push.json': push, 'seal-approve.json': approve } = createVectors(read('keys.json') as VectorKeys).proven
  assert.ok(push && approve)
  const place: VectorPlace = {
    repositoryId: 'rep_4f9k2m7q',
    ref: 'refs/heads/main',
    pullRequest: '12',
    base: 'a'.repeat(40),
    tip: 'b'.repeat(40),
    tree: 'c'.repeat(40),
  }
  for (const vector of [push, approve]) verifyIn(place, readSealRecord(vector.record), mapOf(entriesOf(vector)))
})

for (const vector of read('seal-refused.json') as RefusedVector[]) {
  test(`seal-refused.json: ${vector.what}`, () => {
    const record = readSealRecord(vector.record)
    const message = vector.message === null ? {} : { message: Buffer.from(vector.message, 'base64') }
    const signers = mapOf(entriesOf(vector))
    const { place } = vector
    if (place) verifySeal({ record, signers })
    assert.throws(
      () => (place ? verifyIn(place, record, signers) : verifySeal({ record, ...message, signers })),
      (error) => error instanceof SealError && error.code === vector.code,
    )
  })
}

test('revocation.json: what was there stands, what was dated back does not', () => {
  const vector = read('revocation.json') as RevocationVector
  const entries = entriesOf(vector)
  const bytes = renderCanonical(vector.revocation as object)
  const revocation = parseRevocation(bytes)
  assert.deepEqual(renderRevocation(revocation), bytes)
  assert.equal(revocationPath(revocation.credentialId), vector.path)
  assert.equal(renderRevokedKeys(entries, [revocation]), vector.revokedKeys)
  const signers = mapOf(withStanding(entries, [revocation]))
  verifySeal({ record: readSealRecord(vector.standing), signers })
  const datedBack = readSealRecord(vector.datedBack)
  verifySeal({ record: datedBack, signers: mapOf(entries) })
  assert.throws(() => verifySeal({ record: datedBack, signers }), { code: 'key-compromised' })
})

test('the keys of the vectors are those of their entries, and make equally good ones', () => {
  const keys = read('keys.json') as VectorKeys
  const [entry] = entriesOf(read('seal-merge.json') as Vector)
  assert.deepEqual(SoftwareSigner.fromJSON(keys.ada).entry, entry)
  const again = createVectors(keys).proven['seal-merge.json']
  assert.ok(again)
  const record = readSealRecord(again.record)
  assert.deepEqual(sealRecordToJson(record), again.record)
  verifySeal({ record, message: Buffer.from(again.message, 'base64'), signers: mapOf(entriesOf(again)) })
})
