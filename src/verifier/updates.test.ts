import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sealPath } from '../seals/format/projection.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, judgedClone, proven } from './judged-testing.ts'
import { STEP_MS, SealedRepository } from './sealed-repository-testing.ts'
import { approve, update } from './sealed-review-testing.ts'

/** A line of ordinary commits on top of main, oldest first. */
function series(repository: SealedRepository, count: number): string[] {
  const oids: string[] = []
  for (let at = 0; at < count; at++) oids.push(repository.commit([oids.at(-1) ?? repository.tip], `Step ${at}`))
  return oids
}

const reasonsOf = ({ changes }: Awaited<ReturnType<typeof judged>>) =>
  changes.map((change) => (change.state === 'proven' ? change.action : change.reason))

test('a sealed push, fast-forward and rebase prove every commit that they bring', async () => {
  using repository = new SealedRepository()
  const { baseline } = repository.protection
  const pushed = series(repository, 3)
  update(repository, repository.ada, { action: 'push', tip: pushed[2] ?? '' })
  repository.merge(repository.ada)
  const [forwarded = ''] = series(repository, 1)
  update(repository, repository.ada, { action: 'fast-forward', tip: forwarded })
  const head = repository.commit([baseline], 'Proposed')
  const [replayed = ''] = series(repository, 1)
  update(repository, repository.ada, { action: 'rebase', tip: replayed, head })
  const report = await judgedClone(repository)
  assert.equal(report.exitCode, 0)
  assert.deepEqual(reasonsOf(report), ['rebase', 'fast-forward', 'merge', 'push', 'push', 'push'])
  const [rebase, , , ...push] = report.changes.map(proven)
  assert.equal(rebase?.head, head)
  assert.equal(rebase?.pullRequest, '7')
  assert.equal(rebase?.key.stockVerifiable, false)
  for (const change of push) {
    assert.deepEqual(change.update, { base: baseline, tip: pushed[2] })
    assert.equal(change.pullRequest, null)
    assert.deepEqual(
      change.people.map(({ username, did }) => [username, did]),
      [['ada', 'pushed']],
    )
    assert.equal(change.level, 3)
  }
  assert.equal(report.level, 3)
  assert.ok(!report.notes.some((note) => note.includes('rolled back):')))
})

test('a push that began off the line proves nothing', async () => {
  using repository = new SealedRepository()
  const side = repository.commit([repository.tip], 'Side')
  const [first = '', second = ''] = series(repository, 2)
  update(repository, repository.ada, { action: 'push', tip: second, claims: { base: side } })
  const report = await judgedClone(repository)
  assert.deepEqual(reasonsOf(report), ['base-mismatch', 'no-seal'])
  assert.equal(report.changes[1]?.oid, first)
  assert.equal(report.level, 1)
})

test('a push that begins above where it ends, or at nothing, proves nothing', async () => {
  using repository = new SealedRepository()
  const [first = '', second = ''] = series(repository, 2)
  update(repository, repository.ada, { action: 'push', tip: first, claims: { base: second } })
  update(repository, repository.ada, { action: 'push', tip: second, claims: { base: '0'.repeat(40) } })
  assert.deepEqual(reasonsOf(await judgedClone(repository)), ['base-mismatch', 'base-mismatch'])
})

test('a push to somewhere else, of another content or by nobody verified is refused', async () => {
  for (const [code, options] of [
    ['no-seal', { claims: { repositoryId: 'rep_other' } }],
    ['no-seal', { claims: { targetRef: 'refs/heads/release' } }],
    ['no-seal', { claims: { head: 'd'.repeat(40) } }],
    ['tree-mismatch', { claims: { tree: 'd'.repeat(40) } }],
    ['user-not-verified', { tampering: { flags: 0x01 } }],
    ['origin-mismatch', { tampering: { origin: 'http://localhost:8080' } }],
  ] as const) {
    using repository = new SealedRepository()
    const [tip = ''] = series(repository, 1)
    update(repository, repository.ada, { action: 'push', tip, ...options })
    assert.deepEqual(reasonsOf(await judgedClone(repository)), [code])
  }
})

test('the statement of an update proves nothing a second time', async () => {
  using repository = new SealedRepository()
  const [pushed = ''] = series(repository, 1)
  const record = update(repository, repository.ada, { action: 'push', tip: pushed })
  const first = await judgedClone(repository)
  const digest = proven(first.changes[0]).statementDigest
  // A commit that names it, as if it had been signed by it.
  const named = `Sneak\n\nPostern-Repository: rep_payments\nPostern-Ref: refs/heads/main\nPostern-Pull-Request: 7\nPostern-Statement: ${digest}`
  repository.moveTo(repository.commit([repository.tip], named))
  const again = await judgedClone(repository)
  assert.deepEqual(reasonsOf(again).slice(1), ['push'])
  assert.notEqual(again.changes[0]?.state, 'proven')
  // The same record under another name, for a commit of the same tree.
  const copy = repository.commit([repository.tip], 'Again', repository.git(['rev-parse', `${pushed}^{tree}`]))
  repository.moveTo(copy)
  repository.extraFiles.set(sealPath(`sha256:${'e'.repeat(64)}`), record)
  const copied = await judgedClone(repository)
  assert.deepEqual(copied.counts, { proven: 1, unproven: 1, broken: 1 })
})

test('a commit that carries the seal of another branch is proven by the update that brought it here', async () => {
  using repository = new SealedRepository()
  const { oid, record } = repository.merge(repository.ada, { claims: { targetRef: 'refs/heads/next' } })
  repository.moveTo(repository.protection.baseline)
  update(repository, repository.ada, { action: 'push', tip: oid })
  assert.ok(record)
  assert.deepEqual(reasonsOf(await judgedClone(repository)), ['push'])
})

test('a narrower update counts before a wider one, and a wider one where the narrower does not hold', async () => {
  using repository = new SealedRepository()
  const { baseline } = repository.protection
  const bob = repository.admit('bob')
  const [first = '', second = ''] = series(repository, 2)
  update(repository, repository.ada, { action: 'push', tip: first })
  update(repository, bob, { action: 'push', tip: second, claims: { base: baseline } })
  const by = async () => (await judgedClone(repository)).changes.map((change) => proven(change).by.username)
  assert.deepEqual(await by(), ['bob', 'ada'])
  repository.records.splice(1, 1)
  repository.rewrite('refs/postern/seals')
  assert.deepEqual(await by(), ['bob', 'bob'])
})

test('--since in the middle of an update knows where it began', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  const oids = series(repository, 3)
  update(repository, repository.ada, { action: 'push', tip: oids[2] ?? '' })
  const report = await judgedClone(repository, '--since', oids[0] ?? '')
  assert.deepEqual(reasonsOf(report), ['push', 'push'])
})

test('an update by a key that had ended does not reach back over what came later', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const before = repository.now
  repository.change(bob.entry, { ended: { at: renderTime((repository.now += STEP_MS)), seal: null } })
  repository.merge(repository.ada)
  const [tip = ''] = series(repository, 1)
  update(repository, bob, { action: 'push', tip, at: before })
  assert.deepEqual(reasonsOf(await judgedClone(repository)), ['signer-ended', 'merge'])
})

test('with --trust the update of a key nobody vouched for does not count', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const [tip = ''] = series(repository, 1)
  update(repository, bob, { action: 'push', tip })
  const report = await judgedClone(repository, '--trust', repository.ada.entry.fingerprint)
  assert.deepEqual(reasonsOf(report), ['not-vouched'])
})

test('an update that is not on the branch any more is counted in a note', async () => {
  using repository = new SealedRepository()
  const { baseline } = repository.protection
  const [tip = ''] = series(repository, 1)
  update(repository, repository.ada, { action: 'push', tip })
  repository.moveTo(baseline)
  const report = await judgedClone(repository)
  assert.ok(report.notes.some((note) => note.includes('1 sealed change is in refs/postern/seals but not')))
})

test('what was tapped for before protection began is not missed, also what was pushed over', async () => {
  using repository = new SealedRepository({ sealStart: false })
  repository.rewrite('refs/postern/seals')
  repository.merge(repository.ada)
  const { oid: kept } = repository.merge(repository.ada, { action: 'squash' })
  update(repository, repository.ada, { action: 'push', tip: repository.commit([kept], 'Push') })
  repository.moveTo(kept)
  update(repository, repository.ada, { action: 'push', tip: repository.commit([kept], 'Push again') })
  repository.protection = { ...repository.protection, baseline: repository.tip }
  const { oid } = repository.merge(repository.ada)
  const isMissed = ({ notes }: Awaited<ReturnType<typeof judged>>) =>
    notes.find((note) => note.includes('may have been rolled back'))
  assert.equal(isMissed(await judgedClone(repository)), undefined)
  repository.merge(repository.ada)
  repository.moveTo(oid)
  assert.match(isMissed(await judgedClone(repository)) ?? '', /^1 sealed change is /)
})

test('what another branch of the name was tapped for, which was deleted before this one was protected, is not missed', async () => {
  using repository = new SealedRepository({ sealStart: false })
  repository.rewrite('refs/postern/seals')
  const { baseline } = repository.protection
  repository.moveTo(repository.commit([baseline], 'Elsewhere'))
  repository.merge(repository.ada)
  update(repository, repository.ada, { action: 'push', tip: repository.commit([repository.tip], 'Push') })
  repository.moveTo(repository.commit([baseline], 'Begin again'))
  const startedAt = renderTime((repository.now += 10 * STEP_MS))
  repository.protection = { ...repository.protection, baseline: repository.tip, startedAt }
  repository.merge(repository.ada)
  const { notes } = await judgedClone(repository)
  assert.ok(!notes.some((note) => note.includes('may have been rolled back')))
})

test('a clone that lacks the seal of a push brings refs/postern/* up to date', async () => {
  using repository = new SealedRepository()
  repository.publish()
  const clone = repository.clone()
  await judged(clone)
  // What it says of itself is of another branch, as after a cherry-pick.
  const tip = repository.commit([repository.tip], 'Fix it there\n\nPostern-Ref: refs/heads/release')
  update(repository, repository.ada, { action: 'push', tip })
  repository.publish()
  repository.pull(clone)
  assert.equal((await judged(clone)).exitCode, 0)
})

test('commits that git takes and whose headers are odd take nothing away from what a tap has proven', async () => {
  const eve = 'Eve <eve@example.com>'
  const usual = `author ${eve} 1 +0000\ncommitter ${eve} 2 +0000\n`
  const small = (oid: string) => oid
  const large = (oid: string) => oid.toUpperCase()
  for (const [odd, tree, parent] of [
    // All of them pass `git fsck --strict`, so that anybody may propose one.
    [`author ${eve} 1 +0000\ncommitter ${eve} 99999999999999 +0000\n\nFar away\n`, small, small],
    [`${usual}author ${eve} 1 +0000\n\nTwice\n`, small, small],
    [`${usual}nameless\n\nA header\n`, small, small],
    [usual, small, small],
    [`${usual}\nLarge letters\n`, large, small],
    [`${usual}\nLarge letters\n`, small, large],
  ] as const) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const write = () =>
      repository.write(Buffer.from(`tree ${tree(repository.tree())}\nparent ${parent(repository.tip)}\n${odd}`))
    const head = write()
    approve(repository, bob, { head })
    repository.merge(repository.ada, { head })
    const forwarded = write()
    update(repository, repository.ada, { action: 'fast-forward', tip: forwarded })
    repository.tag(repository.ada, 'v1.0')
    const report = await judgedClone(repository, '--tag', 'v1.0')
    assert.deepEqual(reasonsOf(report), ['fast-forward', 'merge'])
    assert.equal(proven(report.changes[1]).level, 4)
    assert.equal(report.exitCode, 0)
  }
})
