// Pushes that a security key over SSH signed, and what is done to their certificates on the way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestSshKey } from '../protocols/ssh/test-ssh-key.ts'
import { SEALS_REF, SIGNERS_REF } from '../seals/format/projection.ts'
import { pushDigest, readPushCertificate } from '../seals/format/push-record.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, judgedClone, proven, reportText, verify } from './judged-testing.ts'
import { MAIN, SealedRepository, STEP_MS } from './sealed-repository-testing.ts'
import { update } from './sealed-review-testing.ts'
import { addKey, enrol, type PushWish, securityKey, signedPush } from './signed-push-testing.ts'

const statesOf = ({ changes }: Awaited<ReturnType<typeof judged>>) =>
  changes.map((change) => (change.state === 'proven' ? 'proven' : change.reason))

/** Ada added her key with a tap; a commit waits to be pushed with it. */
function prepared(options: { sealStart?: boolean } = {}) {
  const repository = new SealedRepository(options)
  const key = securityKey()
  const entry = addKey(repository, repository.ada, key)
  const tip = repository.commit([repository.tip], 'Push me')
  return { repository, key, entry, tip, trust: ['--trust', repository.ada.entry.fingerprint] }
}

/** What becomes of one push that was signed, or not quite. */
async function outcomeOf(wish: (made: ReturnType<typeof prepared>) => Partial<PushWish>, pinned = false) {
  const made = prepared()
  using repository = made.repository
  signedPush(repository, made.key, made.entry, { tip: made.tip, ...wish(made) })
  if (repository.tip !== made.tip) repository.moveTo(made.tip)
  return statesOf(await judgedClone(repository, ...(pinned ? made.trust : [])))[0]
}

for (const type of ['sk-ssh-ed25519', 'sk-ecdsa-sha2-nistp256'] as const)
  test(`a push signed by a person's ${type} proves all that it brings, by whom and with what`, async () => {
    using repository = new SealedRepository()
    const key = securityKey(type)
    const entry = addKey(repository, repository.ada, key)
    const { baseline } = repository.protection
    const first = repository.commit([repository.tip], 'One')
    const tip = repository.commit([first], 'Two')
    const record = signedPush(repository, key, entry, { tip })
    const report = await judgedClone(repository, '--trust', repository.ada.entry.fingerprint)
    assert.deepEqual(statesOf(report), ['proven', 'proven'])
    assert.deepEqual([report.exitCode, report.level], [0, 3])
    const change = proven(report.changes[1])
    assert.deepEqual(change.update, { base: baseline, tip })
    assert.deepEqual(
      [change.action, change.proof, change.level, change.by.username, change.by.trust, change.by.endorsedBy],
      ['push', 'signed-push', 3, 'ada', 'endorsed', 'ada'],
    )
    assert.deepEqual(change.key, {
      fingerprint: key.fingerprint,
      algorithm: `${type}@openssh.com`,
      strength: 'passkey',
      userPresent: true,
      userVerified: true,
      backupEligible: null,
      backupState: null,
      stockVerifiable: false,
    })
    assert.equal(change.statementDigest, pushDigest(readPushCertificate(record)))
    assert.deepEqual(
      [change.origin, change.policyDigest, change.pushedTo],
      [null, null, { address: 'http://localhost:7400/acme/payments.git', isNamed: true }],
    )
    assert.deepEqual(
      change.people.map(({ username, did, origin }) => [username, did, origin]),
      [['ada', 'pushed', null]],
    )
    const text = await reportText(repository.clone())
    assert.match(text, /push --signed\s+ada\s+SSH key, PIN\s+3\n/)
    assert.match(text, /that 1 push was signed by a security key over SSH, touched, with PIN/)
    assert.ok(text.split('\n').every((line) => line.length <= 100))
  })

test('signed pushes and taps follow one another', async () => {
  const { repository, key, entry, tip, trust } = prepared()
  using _ = repository
  signedPush(repository, key, entry, { tip })
  repository.merge(repository.ada)
  update(repository, repository.ada, { action: 'push', tip: repository.commit([repository.tip], 'Tapped') })
  signedPush(repository, key, entry, { tip: repository.commit([repository.tip], 'Signed') })
  const report = await judgedClone(repository, ...trust)
  assert.deepEqual(statesOf(report), ['proven', 'proven', 'proven', 'proven'])
  assert.ok(!report.notes.some((note) => note.includes('not on this branch') || note.includes('names')))
})

test('what was pushed before the start, and what began it, is nothing that went missing', async () => {
  using repository = new SealedRepository()
  const key = securityKey()
  const entry = addKey(repository, repository.ada, key)
  const { baseline } = repository.protection
  const start = repository.commit([repository.commit([baseline], 'Before')], 'Start')
  repository.protection = { ...repository.protection, baseline: start, statementDigest: null }
  repository.rewrite(SEALS_REF)
  signedPush(repository, key, entry, { tip: baseline, base: '0'.repeat(40) })
  update(repository, repository.ada, { action: 'push', tip: repository.git(['rev-parse', `${start}^`]) })
  signedPush(repository, key, entry, { tip: start })
  signedPush(repository, key, entry, { tip: repository.commit([start], 'After') })
  const { exitCode, changes, notes } = await judgedClone(repository)
  assert.deepEqual([exitCode, changes.length], [0, 1])
  assert.ok(!notes.some((note) => note.includes('not on this branch')), notes.join('\n'))
})

test('an attack: a certificate that was edited', async () => {
  const other = 'f'.repeat(40)
  const edits: [RegExp, string][] = [
    [/^nonce \d+/m, 'nonce 1700000000'],
    [/^pusher .*$/m, 'pusher SHA256:other 1700000000 +0000'],
    [/^pushee .*$/m, 'pushee http://localhost:7400/acme/payments'],
  ]
  for (const [what, by] of edits)
    assert.equal(await outcomeOf(() => ({ tamper: (text) => text.replace(what, by) })), 'signature-invalid')
  // Of what it no longer speaks of, nothing speaks.
  assert.equal(
    await outcomeOf(({ tip }) => ({ tip: other, tamper: (text) => text.replace(other, tip) })),
    'signature-invalid',
  )
  assert.equal(await outcomeOf(({ tip }) => ({ tamper: (text) => text.replace(tip, other) })), 'no-seal')
})

test('an attack: a certificate for another branch, another commit or another update', async () => {
  assert.equal(await outcomeOf(() => ({ ref: 'refs/heads/next' })), 'no-seal')
  assert.equal(
    await outcomeOf(() => ({ ref: 'refs/heads/next', tamper: (text) => text.replace('refs/heads/next', MAIN) })),
    'signature-invalid',
  )
  assert.equal(await outcomeOf(() => ({ tip: 'f'.repeat(40) })), 'no-seal')
  // From what was never below it, and to two places at once.
  assert.equal(await outcomeOf(() => ({ base: 'f'.repeat(40) })), 'base-mismatch')
  assert.equal(
    await outcomeOf(({ tip, repository }) => ({
      commands: [
        { ref: MAIN, oldOid: repository.tip, newOid: tip },
        { ref: MAIN, oldOid: repository.tip, newOid: 'f'.repeat(40) },
      ],
    })),
    'ref-mismatch',
  )
  // Nor to one place so often that looking at each would not come to an end.
  assert.equal(
    await outcomeOf(({ tip, repository }) => ({
      commands: Array.from({ length: 10_000 }, () => ({ ref: MAIN, oldOid: repository.tip, newOid: tip })),
    })),
    'ref-mismatch',
  )
})

test('an attack: a certificate is replayed for what comes later', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  signedPush(repository, key, entry, { tip })
  const { baseline } = repository.protection
  // Something else on the same base, and something on top: what was signed is about neither.
  repository.moveTo(repository.commit([tip], 'On top'))
  assert.deepEqual(statesOf(await judgedClone(repository)), ['no-seal', 'proven'])
  repository.moveTo(repository.commit([baseline], 'Instead'))
  const report = await judgedClone(repository)
  assert.deepEqual(statesOf(report), ['no-seal'])
  assert.ok(report.notes.some((note) => note.startsWith('1 sealed change is in refs/postern/seals but not on')))
})

test('an attack: signed by something else than the key, or for something else than git', async () => {
  const other = securityKey()
  const unverified = (key: TestSshKey) => ((key.verification = false), {})
  const untouched = (key: TestSshKey) => ((key.presence = false), {})
  assert.equal(await outcomeOf(({ key }) => unverified(key)), 'user-not-verified')
  assert.equal(await outcomeOf(({ key }) => untouched(key)), 'user-not-present')
  assert.equal(await outcomeOf(() => ({ namespace: 'file' })), 'namespace-mismatch')
  assert.equal(await outcomeOf(() => ({ namespace: 'enroll@postern' })), 'namespace-mismatch')
  const { repository, entry, tip } = prepared()
  using _ = repository
  signedPush(repository, other, entry, { tip })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-mismatch'])
})

test('an attack: a key in a file, however it was added, and a passkey in a browser', async () => {
  const file = new TestSshKey('ssh-ed25519')
  const passkey = new TestSshKey('sk-ecdsa-sha2-nistp256@openssh.com', { application: 'localhost' })
  passkey.verification = true
  passkey.origin = 'http://localhost:7400'
  for (const [key, code] of [
    [file, 'key-unsupported'],
    [passkey, 'signature-unsupported'],
  ] as const) {
    const { repository, tip } = prepared()
    using _ = repository
    signedPush(repository, key, addKey(repository, repository.ada, key), { tip })
    assert.deepEqual(statesOf(await judgedClone(repository)), [code])
  }
})

test('an attack: the key is said to be another person’s than the one who added it', async () => {
  const { repository, key, tip } = prepared()
  using _ = repository
  const bob = repository.admit('bob')
  repository.endorse(repository.ada, bob)
  const enrolment = enrol(repository, bob, key.publicKey)
  signedPush(repository, key, addKey(repository, repository.ada, key, { enrolment }), { tip })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-mismatch'])
})

test('an attack: the seal beside the key is about another key, or another act', async () => {
  for (const wish of ['key', 'act'] as const) {
    const { repository, key, tip } = prepared()
    using _ = repository
    const enrolment =
      wish === 'key'
        ? enrol(repository, repository.ada, securityKey().publicKey)
        : enrol(repository, repository.ada, key.publicKey, { action: 'ssh-key.end' })
    signedPush(repository, key, addKey(repository, repository.ada, key, { enrolment }), { tip })
    assert.deepEqual(statesOf(await judgedClone(repository)), ['not-vouched'])
  }
})

test('a key that no tap stands for is the server’s word, and does not count under --trust', async () => {
  const { repository, key, tip, trust } = prepared()
  using _ = repository
  signedPush(repository, key, addKey(repository, repository.ada, key, { enrolment: null }), { tip })
  const claimed = await judgedClone(repository)
  assert.deepEqual([proven(claimed.changes[0]).by.trust, claimed.exitCode], ['server', 0])
  assert.match(await reportText(repository.clone()), /ada \(\*\)/)
  assert.deepEqual(statesOf(await judged(repository.clone(), ...trust)), ['not-vouched'])
})

test('a key added by somebody for whom nobody vouched does not count under --trust', async () => {
  const { repository, tip, trust } = prepared()
  using _ = repository
  const bob = repository.admit('bob')
  const key = securityKey()
  signedPush(repository, key, addKey(repository, bob, key), { tip })
  assert.equal(proven((await judgedClone(repository)).changes[0]).by.trust, 'server')
  assert.deepEqual(statesOf(await judged(repository.clone(), ...trust)), ['not-vouched'])
})

test('an attack: a push to another repository that has the same commits', async () => {
  const elsewhere = () => ({ pushee: 'http://localhost:7400/acme/fork.git' })
  assert.equal(await outcomeOf(elsewhere, true), 'not-vouched')
  assert.equal(await outcomeOf(() => ({ pushee: null }), true), 'not-vouched')
  assert.equal(await outcomeOf(() => ({ pushee: 'git@10.0.0.1:acme/payments' }), true), 'proven')
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  signedPush(repository, key, entry, { tip, ...elsewhere() })
  const report = await judgedClone(repository)
  assert.equal(proven(report.changes[0]).pushedTo?.isNamed, false)
  assert.ok(report.notes.some((note) => note.includes('names http://localhost:7400/acme/fork.git')))
})

test('where no tap ever named the repository, only the server knows what was pushed to', async () => {
  const { repository, key, entry, tip, trust } = prepared({ sealStart: false })
  using _ = repository
  signedPush(repository, key, entry, { tip })
  assert.deepEqual(statesOf(await judgedClone(repository, ...trust)), ['not-vouched'])
  repository.moveTo(repository.protection.baseline)
  repository.merge(repository.ada)
  signedPush(repository, key, entry, { tip: repository.commit([repository.tip], 'Named') })
  assert.deepEqual(statesOf(await judgedClone(repository, ...trust)), ['proven', 'proven'])
})

test('of a key that has ended only what was there counts, whatever its date', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  const record = signedPush(repository, key, entry, { tip })
  const { now } = repository
  const end = { id: entry.id, at: renderTime(now + STEP_MS), standing: [pushDigest(readPushCertificate(record))] }
  repository.sshKeyEnds.push(end)
  repository.publish()
  const pinned = repository.clone()
  assert.deepEqual(statesOf(await judged(pinned)), ['proven'])
  signedPush(repository, key, entry, { tip: repository.commit([tip], 'Dated back'), at: now + 1000 })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-ended', 'proven'])
  // A longer list would let it in.
  const [, late] = repository.pushes
  assert.ok(late)
  const standing = [...end.standing, pushDigest(readPushCertificate(late))].toSorted()
  repository.sshKeyEnds = [{ ...end, standing }]
  repository.publish()
  const report = await verify(repository.clone())
  assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'history-rewritten')
})

test('an attack: a key that ended is written down a second time, on the same seal', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  repository.sshKeyEnds.push({ id: entry.id, at: renderTime(repository.now), standing: [] })
  signedPush(repository, key, addKey(repository, repository.ada, key, { enrolment: entry.enrolment }), { tip })
  repository.publish()
  const report = await verify(repository.clone())
  assert.equal(report.verdict === 'cannot-judge' && report.error.code, 'signers-malformed')
  // Added again by a tap of its own it is a new key.
  repository.sshKeys.pop()
  repository.pushes = []
  for (const ref of [SEALS_REF, SIGNERS_REF]) repository.rewrite(ref)
  repository.moveTo(repository.protection.baseline)
  signedPush(repository, key, addKey(repository, repository.ada, key), { tip })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['proven'])
})

test('a key counts from when it was added to when it was said to end', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  const added = Date.parse(entry.addedAt)
  repository.sshKeys = [{ ...entry, expiresAt: renderTime(added + 60 * STEP_MS) }]
  signedPush(repository, key, entry, { tip, at: added - 6 * STEP_MS })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-unknown'])
  for (const [at, state] of [
    [added + 60 * STEP_MS, 'proven'],
    [added + 61 * STEP_MS, 'signer-ended'],
  ] as const) {
    repository.pushes = []
    repository.rewrite(SEALS_REF)
    repository.moveTo(repository.protection.baseline)
    signedPush(repository, key, entry, { tip, at })
    assert.deepEqual(statesOf(await judgedClone(repository)), [state])
  }
  // Dated back, on top of what shows that its time had passed.
  repository.pushes = []
  repository.rewrite(SEALS_REF)
  repository.moveTo(repository.protection.baseline)
  repository.now = added + 120 * STEP_MS
  repository.merge(repository.ada)
  signedPush(repository, key, entry, { tip: repository.commit([repository.tip], 'Late'), at: added + STEP_MS })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-ended', 'proven'])
})

test('a key added before it was, by the seal beside it, does not count', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  const enrolment = enrol(repository, repository.ada, key.publicKey, { at: repository.now + 60 * STEP_MS })
  repository.sshKeys = [{ ...entry, enrolment }]
  signedPush(repository, key, entry, { tip })
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-unknown'])
})

test('an attack: the passkey that added the key was in wrong hands, and the seal came later', async () => {
  for (const stands of [true, false]) {
    const { repository, key, tip } = prepared()
    using _ = repository
    const bob = repository.admit('bob')
    repository.endorse(repository.ada, bob)
    const enrolment = enrol(repository, bob, key.publicKey)
    const entry = addKey(repository, bob, key, { enrolment })
    repository.revoke(bob, stands ? [enrolment] : [])
    signedPush(repository, key, entry, { tip })
    assert.deepEqual(statesOf(await judgedClone(repository)), [stands ? 'proven' : 'key-compromised'])
  }
})

test('an attack: certificate, key or end is taken away again, or changed', async () => {
  const { repository, key, entry, tip } = prepared()
  using _ = repository
  signedPush(repository, key, entry, { tip })
  const { pushes, sshKeys } = repository
  repository.publish()
  const before = repository.clone()
  assert.deepEqual(statesOf(await judged(before)), ['proven'])
  const rewritten = async () => {
    repository.publish()
    const report = await verify(repository.clone())
    return report.verdict === 'cannot-judge' && report.error.code
  }
  repository.pushes = []
  assert.equal(await rewritten(), 'history-rewritten')
  repository.pushes = pushes
  repository.sshKeys = [{ ...entry, enrolment: null }]
  assert.equal(await rewritten(), 'history-rewritten')
  // From a beginning of its own nothing shows it but that nothing proves the tip.
  repository.pushes = []
  repository.sshKeys = sshKeys
  for (const ref of [SEALS_REF, SIGNERS_REF]) repository.rewrite(ref)
  assert.deepEqual(statesOf(await judgedClone(repository)), ['no-seal'])
  repository.pushes = pushes
  repository.sshKeys = []
  for (const ref of [SEALS_REF, SIGNERS_REF]) repository.rewrite(ref)
  assert.deepEqual(statesOf(await judgedClone(repository)), ['signer-unknown'])
})
