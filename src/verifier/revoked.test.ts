// Keys that may be in wrong hands: what the thief dates back, and what the list of signers may say later.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SIGNERS_REF } from '../seals/format/projection.ts'
import { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { statementDigest } from '../seals/format/statement.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, judgedClone, proven, reportText, verify } from './judged-testing.ts'
import type { Change } from './report.ts'
import { STEP_MS, SealedRepository } from './sealed-repository-testing.ts'
import { approve, update } from './sealed-review-testing.ts'

const states = (changes: readonly Change[]) =>
  changes.map((change) => (change.state === 'proven' ? 'proven' : change.reason))

/** Bob merged once and lost his key after; nothing that came later lies on the branch. */
function lostKey() {
  const repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(bob)
  const before = repository.now
  const revocation = repository.revoke(bob)
  return { repository, bob, before, revocation }
}

test('what a thief dates back is broken, what was there before stays proven', async () => {
  const { repository, bob, before } = lostKey()
  using _ = repository
  repository.publish()
  const whole = await judged(repository.clone())
  assert.deepEqual([whole.verdict, ...states(whole.changes)], ['proven', 'proven'])
  assert.ok(whole.notes.some((note) => note.includes('may be in wrong hands') && note.includes('1 seal that was')))
  repository.merge(bob, { at: before + 1000, pullRequest: 8 })
  const report = await judgedClone(repository)
  assert.deepEqual(states(report.changes), ['key-compromised', 'proven'])
  assert.equal(report.exitCode, 1)
})

test('a push and an approval by the lost key do not count either', async () => {
  const { repository, bob, before } = lostKey()
  using _ = repository
  const head = repository.commit([repository.tip], 'Propose')
  approve(repository, bob, { head, at: before + 1000 })
  repository.merge(repository.ada, { head })
  const { changes } = await judgedClone(repository)
  const [change] = changes
  assert.deepEqual([proven(change).level, proven(change).notCounted[0]?.reason], [3, 'key-compromised'])
  const tip = repository.commit([repository.tip], 'Push')
  update(repository, bob, { action: 'push', tip, at: before + 2000 })
  assert.equal(states((await judgedClone(repository)).changes)[0], 'key-compromised')
})

test('the lost key vouches for nobody new, and whom it vouched for before stays', async () => {
  using repository = new SealedRepository()
  const carol = repository.admit('carol')
  repository.endorse(repository.ada, carol)
  const vouched = repository.entries.find(({ username }) => username === 'carol')?.endorsement
  assert.ok(vouched)
  repository.merge(carol)
  repository.revoke(repository.ada, [vouched])
  const trust = ['--trust', repository.ada.entry.fingerprint]
  assert.deepEqual(states((await judgedClone(repository, ...trust)).changes), ['proven'])
  const mallory = SoftwareSigner.create({ username: 'mallory', addedAt: repository.ada.entry.addedAt })
  repository.entries.push(mallory.entry)
  // Dated to before the loss, like all that a thief does.
  const { now } = repository
  repository.now = Date.parse(repository.ada.entry.addedAt)
  repository.endorse(repository.ada, mallory)
  repository.now = now
  repository.merge(mallory, { pullRequest: 8 })
  const report = await judgedClone(repository, ...trust)
  assert.deepEqual(states(report.changes), ['not-vouched', 'proven'])
  assert.ok(report.notes.some((note) => note.startsWith("The endorsement of mallory's key")))
})

/** The very key of somebody, under another credential id. */
function underAnotherId({ repository, bob }: { repository: SealedRepository; bob: SoftwareSigner }): SoftwareSigner {
  const { authenticator, facts } = bob.toJSON()
  const id = Buffer.from('another id').toString('base64url')
  const [credential] = authenticator.credentials
  assert.ok(credential)
  const copy = { ...authenticator, credentials: [{ ...credential, id }] }
  const signer = SoftwareSigner.fromJSON({ authenticator: copy, facts: { ...facts, credentialId: id } })
  repository.entries.push(signer.entry)
  return signer
}

test('a lost key is lost, whatever the list of signers calls it', async () => {
  const { repository, bob, before } = lostKey()
  using _ = repository
  const copy = underAnotherId({ repository, bob })
  repository.merge(copy, { at: before + 1000, pullRequest: 8 })
  assert.deepEqual(states((await judgedClone(repository)).changes), ['key-compromised', 'proven'])
})

test('a key that ended seals nothing under another id either', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(bob)
  repository.change(bob.entry, { ended: { at: renderTime((repository.now += STEP_MS)), seal: null } })
  repository.merge(underAnotherId({ repository, bob }), { pullRequest: 8 })
  assert.deepEqual(states((await judgedClone(repository)).changes), ['signer-ended', 'proven'])
})

test('whoever vouched for a key vouched for one entry', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.endorse(repository.ada, bob)
  repository.merge(bob)
  const trust = ['--trust', repository.ada.entry.fingerprint]
  assert.deepEqual(states((await judgedClone(repository, ...trust)).changes), ['proven'])
  const { endorsement } = repository.entries.find(({ username }) => username === 'bob') ?? {}
  repository.change(underAnotherId({ repository, bob }).entry, { endorsement: endorsement ?? null })
  repository.publish()
  const report = await verify(repository.clone(), ...trust)
  assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'signers-malformed')
})

test('what stands of a lost key is neither shortened nor lengthened, nor taken away', async () => {
  const thief = (standing: string[], digest: string) => [...standing, digest].toSorted()
  for (const alter of [thief, () => [], null]) {
    const { repository, bob, before, revocation } = lostKey()
    using _ = repository
    repository.publish()
    const { record } = repository.merge(bob, { at: before + 1000, pullRequest: 8 })
    repository.revocations.pop()
    const standing = alter?.(revocation.standing, statementDigest(record.statement))
    if (standing) repository.revocations.push({ ...revocation, standing })
    repository.publish()
    const report = await verify(repository.clone())
    assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'history-rewritten')
  }
})

test('a clone that has the list does not take another history of it', async () => {
  const { repository, bob, before, revocation } = lostKey()
  using _ = repository
  repository.publish()
  const clone = repository.clone()
  await judged(clone)
  const { record } = repository.merge(bob, { at: before + 1000, pullRequest: 8 })
  repository.revocations[0] = { ...revocation, standing: [statementDigest(record.statement)] }
  repository.rewrite(SIGNERS_REF)
  repository.publish()
  repository.pull(clone)
  const report = await verify(clone)
  assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'history-rewritten')
})

test('a key that is still in use is not one that was lost', async () => {
  using repository = new SealedRepository()
  const at = renderTime(repository.now)
  repository.revocations.push({ credentialId: repository.ada.entry.credentialId, at, standing: [] })
  repository.publish()
  const report = await verify(repository.clone())
  assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'signers-malformed')
})

const skip = spawnSync('ssh-keygen', ['-?']).error && 'no ssh-keygen'

test('stock git with revoked_keys calls all of a lost key bad; the verifier tells them apart', { skip }, async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const [byBob, byAda] = [repository.merge(bob).oid, repository.merge(repository.ada, { pullRequest: 8 }).oid]
  repository.publish()
  const allowed = join(repository.folder, 'allowed_signers')
  const revoked = join(repository.folder, 'revoked_keys')
  const isGood = (oid: string) => {
    writeFileSync(allowed, `${repository.allowedSigners}\n`)
    writeFileSync(revoked, repository.revokedKeys && `${repository.revokedKeys}\n`)
    const settings = [`gpg.ssh.allowedSignersFile=${allowed}`, `gpg.ssh.revocationFile=${revoked}`]
    const args = ['-C', repository.bare, ...settings.flatMap((one) => ['-c', one]), 'verify-commit', oid]
    return spawnSync('git', args, { encoding: 'utf8' }).status === 0
  }
  // Where no key was lost the file is empty, and good for the same command.
  assert.deepEqual([isGood(byBob), isGood(byAda)], [true, true])
  repository.revoke(bob)
  repository.publish()
  assert.match(repository.revokedKeys, /^sk-ecdsa-sha2-nistp256@openssh\.com [A-Za-z0-9+/=]+$/)
  assert.deepEqual([isGood(byBob), isGood(byAda)], [false, true])
  assert.deepEqual(states((await judgedClone(repository)).changes), ['proven', 'proven'])
  assert.match(await reportText(repository.clone()), /may be in wrong hands/)
})
