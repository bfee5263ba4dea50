import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EDDSA, RS256 } from '../protocols/webauthn/cose.ts'
import type { SealErrorCode } from '../seals/format/seal-error.ts'
import type { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, verify } from './judged-testing.ts'
import { main } from './main.ts'
import type { NotJudged } from './report.ts'
import { SealedRepository, STEP_MS } from './sealed-repository-testing.ts'

async function refusal(...args: string[]): Promise<NotJudged['error']['code']> {
  const report = await verify(...args)
  if (report.verdict !== 'cannot-judge') assert.fail(`judged ${report.verdict}`)
  assert.equal(report.exitCode, 2)
  return report.error.code
}

/** The reasons of the changes that are not proven, newest first. */
async function reasons(...args: string[]): Promise<SealErrorCode[]> {
  const report = await judged(...args)
  const found = report.changes.flatMap((change) => (change.state === 'proven' ? [] : [change.reason]))
  assert.equal(report.exitCode, found.length > 0 ? 1 : 0)
  return found
}

/** Stock git's word on a commit: G is Good. */
function stockVerdict(folder: string, repository: SealedRepository, oid: string): string {
  const allowed = join(repository.folder, 'allowed_signers')
  writeFileSync(allowed, `${repository.allowedSigners}\n`)
  const settings = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`]
  return execFileSync('git', ['-C', folder, ...settings, 'log', '-1', '--format=%G? %GS', oid])
    .toString()
    .trim()
}

test('a branch of sealed merges and squashes is proven, by us and by stock git', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const first = repository.merge(repository.ada)
  const second = repository.merge(bob, { action: 'squash', subject: 'Ünïcode', body: 'Why.\n\nMore.' })
  repository.publish()
  const clone = repository.clone()
  const report = await judged(clone)
  assert.equal(report.verdict, 'proven')
  assert.deepEqual(
    report.changes.map((change) => [change.oid, change.state, change.title]),
    [
      [second.oid, 'proven', 'Ünïcode'],
      [first.oid, 'proven', 'Pay the right amount'],
    ],
  )
  assert.equal(report.start.state, 'sealed')
  assert.equal(report.start.by, 'ada')
  assert.equal(stockVerdict(clone, repository, first.oid), 'G ada@localhost')
  assert.equal(stockVerdict(clone, repository, second.oid), 'G bob@localhost')
})

test('a clone is judged without the server it came from', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone('--config', 'remote.origin.fetch=+refs/postern/*:refs/postern/*')
  renameSync(repository.bare, `${repository.bare}-gone`)
  const { verdict, exitCode, counts } = await judged(clone, '--trust', repository.ada.entry.fingerprint)
  assert.deepEqual([verdict, exitCode, counts], ['proven', 0, { proven: 1, unproven: 0, broken: 0 }])
})

test('a URL is cloned, judged and cleaned up', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const report = await judged(`file://${repository.bare}`, '--ref', 'main')
  assert.equal(report.verdict, 'proven')
  assert.equal(report.counts.proven, 1)
})

test('a branch with nothing after its start is proven', async () => {
  using repository = new SealedRepository()
  assert.deepEqual((await judged(repository.clone())).counts, { proven: 0, unproven: 0, broken: 0 })
})

test('keys without an SSH form are proven by their raw response', async () => {
  using repository = new SealedRepository()
  for (const algorithm of [EDDSA, RS256] as const) {
    const eve = repository.admit(`eve${-algorithm}`, { algorithm, backupEligible: true })
    const { oid } = repository.merge(eve)
    repository.publish()
    const clone = repository.clone()
    const [change] = (await judged(clone)).changes
    assert.equal(change?.state === 'proven' && change.key.stockVerifiable, false)
    assert.equal(stockVerdict(clone, repository, oid), 'N')
  }
})

test('a direct push is named, and what is above it is still judged', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.moveTo(repository.commit([repository.tip], 'Sneak in'))
  repository.merge(repository.ada)
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), ['no-seal'])
})

test('a title and body full of trailers change nothing', async () => {
  using repository = new SealedRepository()
  const forged = `Postern-Ref: refs/heads/release\nPostern-Statement: sha256:${'0'.repeat(64)}`
  repository.merge(repository.ada, { subject: forged, body: `${forged}\n\n${forged}\n` })
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), [])
})

test('stock git accepts a tap where nobody was verified; we do not', async () => {
  using repository = new SealedRepository()
  const touched = repository.merge(repository.ada, { tampering: { flags: 0x01 } })
  const nobody = repository.merge(repository.ada, { tampering: { flags: 0x00 } })
  repository.publish()
  const clone = repository.clone()
  assert.deepEqual(await reasons(clone), ['user-not-present', 'user-not-verified'])
  assert.equal(stockVerdict(clone, repository, touched.oid), 'G ada@localhost')
  assert.equal(stockVerdict(clone, repository, nobody.oid), 'G ada@localhost')
})

test('a tap harvested on another origin or in a frame is refused', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada, { tampering: { origin: 'http://localhost:8080' } })
  // A tap in a frame cannot even be put together as an SSH signature; as a raw response it can.
  repository.merge(repository.admit('eve', { algorithm: EDDSA }), { tampering: { crossOrigin: true } })
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), ['cross-origin', 'origin-mismatch'])
})

test('--origin pins the origin in place of the signers’ list', async () => {
  using repository = new SealedRepository({ sealStart: false })
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone()
  assert.deepEqual(await reasons(clone, '--origin', 'http://localhost:7400'), [])
  assert.deepEqual(await reasons(clone, '--origin', 'https://git.example.com'), ['origin-mismatch'])
})

test('a statement about something else is refused', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada, { claims: { repositoryId: 'rep_other' } })
  repository.merge(repository.ada, { claims: { targetRef: 'refs/heads/release' } })
  repository.merge(repository.ada, { claims: { tree: 'd'.repeat(40) } })
  repository.merge(repository.ada, { claims: { base: 'd'.repeat(40) } })
  repository.merge(repository.ada, { claims: { head: 'd'.repeat(40) } })
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), [
    'head-mismatch',
    'base-mismatch',
    'tree-mismatch',
    'ref-mismatch',
    'repository-mismatch',
  ])
})

test('one statement allows one change', async () => {
  using repository = new SealedRepository()
  const { record, commit } = repository.merge(repository.ada)
  const unsigned = Buffer.from(commit.toString().replace(/gpgsig [^]*-----END SSH SIGNATURE-----\n/, ''))
  const again = unsigned.toString().replace(/parent [0-9a-f]+/, `parent ${repository.tip}`)
  repository.seal(repository.ada, record.statement, Buffer.from(again))
  repository.records.pop()
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), ['statement-reused'])
})

test('an amended commit, a cherry-picked seal and an octopus are named', async () => {
  using repository = new SealedRepository()
  const sealed = repository.merge(repository.ada)
  repository.publish()
  const amended = Buffer.from(sealed.commit.toString().replace('Pay the right amount', 'Pay Eve'))
  repository.moveTo(repository.write(amended))
  assert.deepEqual(await reasons(repository.clone()), ['challenge-mismatch'])

  const picked = Buffer.from(sealed.commit.toString().replace(/parent [0-9a-f]+/, `parent ${sealed.oid}`))
  repository.moveTo(repository.write(picked))
  assert.deepEqual(await reasons(repository.clone()), ['statement-reused'])

  repository.moveTo(sealed.oid)
  const base = repository.tip
  const heads = [repository.commit([base], 'one'), repository.commit([base], 'two')]
  repository.merge(repository.ada, { template: { parents: [base, ...heads] } })
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), ['head-mismatch'])
})

test('a foxtrot merge does not hide the line that was sealed', async () => {
  using repository = new SealedRepository()
  const { baseline } = repository.protection
  repository.merge(repository.ada)
  const side = repository.commit([baseline], 'Side')
  repository.moveTo(repository.commit([side, repository.tip], 'Foxtrot'))
  repository.publish()
  const report = await judged(repository.clone())
  assert.deepEqual(report.counts, { proven: 0, unproven: 2, broken: 0 })
  assert.ok(report.notes.some((note) => note.includes('may have been rolled back')))
})

test('a rollback to an older sealed tip, all of it, looks whole: the report says that only the ledger shows it', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const [tip, seals] = [repository.tip, repository.git(['rev-parse', 'refs/postern/seals'])]
  repository.merge(repository.ada)
  repository.publish()
  repository.moveTo(tip)
  repository.setRef('refs/postern/seals', seals)
  const { exitCode, counts, notes } = await judged(repository.clone())
  assert.deepEqual([exitCode, counts.proven], [0, 1])
  assert.ok(
    notes.some((note) => note.includes('rolled back to an older sealed tip') && note.includes('only the ledger')),
  )
})

test('a history without its start is unproven, even if all of it is sealed', async () => {
  using repository = new SealedRepository()
  const orphan = repository.commit([], 'Another beginning')
  repository.moveTo(orphan)
  repository.merge(repository.ada)
  repository.publish()
  const report = await judged(repository.clone())
  assert.equal(report.exitCode, 1)
  assert.ok(report.notes.some((note) => note.includes('hidden or rewritten')))
  assert.equal(await refusal(repository.clone(), '--since', repository.protection.baseline), 'since-not-found')
})

test('--since judges only what came after', async () => {
  using repository = new SealedRepository()
  const pushed = repository.commit([repository.tip], 'Sneak in')
  repository.moveTo(pushed)
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone()
  assert.deepEqual(await reasons(clone), ['no-seal'])
  assert.deepEqual(await reasons(clone, '--since', pushed), [])
  assert.deepEqual(await reasons(clone, '--since', 'HEAD~1'), [])
  assert.equal(await refusal(clone, '--since', 'f'.repeat(40)), 'since-not-found')
  assert.equal(await refusal(clone, '--since', `${pushed}^@`), 'since-not-found')
})

test('a key that has ended cannot reach back over what came later', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(bob)
  const before = repository.now
  const ended = { at: renderTime((repository.now += 60_000)), seal: null }
  repository.change(bob.entry, { ended })
  repository.merge(repository.ada)
  const backdated = repository.merge(bob, { at: before + 1000 })
  repository.publish()
  const clone = repository.clone()
  assert.deepEqual(await reasons(clone), ['signer-ended'])
  assert.equal(stockVerdict(clone, repository, backdated.oid), 'G bob@localhost')
  repository.merge(bob)
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), ['signer-ended', 'signer-ended'])
})

test('--trust wants the first signer, and counts only whom that key vouched for', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.merge(repository.admit('bob'))
  repository.publish()
  const clone = repository.clone()
  const claimed = await judged(clone)
  assert.equal(claimed.exitCode, 0)
  assert.equal(claimed.identities.pinned, false)
  assert.ok(claimed.notes.some((note) => note.includes('as claimed by the server')))
  assert.deepEqual(await reasons(clone, '--trust', repository.ada.entry.fingerprint), ['not-vouched'])
  const other = `SHA256:${'A'.repeat(43)}`
  assert.equal(await refusal(clone, '--trust', other), 'trust-mismatch')
})

test('with --trust a chain of taps makes a key count', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.endorse(repository.ada, bob)
  repository.merge(bob)
  repository.publish()
  const report = await judged(repository.clone(), '--trust', repository.ada.entry.fingerprint)
  assert.equal(report.exitCode, 0)
  assert.equal(report.identities.pinned, true)
  const [change] = report.changes
  assert.deepEqual(change?.state === 'proven' && [change.by.trust, change.by.endorsedBy], ['endorsed', 'ada'])
})

test('--trust again makes another key count, and whom it vouched for, and nobody else', async () => {
  using repository = new SealedRepository()
  // After a move to another address: nobody can vouch there for the first owner's new key.
  const moved = repository.admit('ada', { origin: 'https://git.example.com' })
  const bob = repository.admit('bob')
  const mallory = repository.admit('mallory')
  repository.endorse(moved, bob)
  const first = repository.merge(repository.ada)
  const second = repository.merge(moved)
  const third = repository.merge(bob)
  const fourth = repository.merge(mallory)
  repository.publish()
  const clone = repository.clone()
  const pin = (...signers: SoftwareSigner[]) => signers.flatMap(({ entry }) => ['--trust', entry.fingerprint])

  assert.deepEqual(await reasons(clone, ...pin(repository.ada)), ['not-vouched', 'not-vouched', 'not-vouched'])
  const report = await judged(clone, ...pin(moved, repository.ada))
  assert.deepEqual(
    report.changes.map((change) => [change.oid, change.state === 'proven' ? change.by.trust : change.reason]),
    [
      [fourth.oid, 'not-vouched'],
      [third.oid, 'endorsed'],
      [second.oid, 'root'],
      [first.oid, 'root'],
    ],
  )
  assert.equal(report.identities.root.fingerprint, repository.ada.entry.fingerprint)
  assert.deepEqual(
    report.identities.roots.map(({ fingerprint }) => fingerprint),
    [repository.ada, moved].map(({ entry }) => entry.fingerprint),
  )
  assert.deepEqual(await reasons(clone, ...pin(repository.ada, moved, mallory)), [])
  let text = ''
  const output = { out: (part: string) => (text += part), err: assert.fail }
  assert.equal(await main([clone, ...pin(repository.ada, moved)], output), 1)
  assert.match(
    text,
    new RegExp(`^Root {7}ada, ${moved.entry.fingerprint.replaceAll('+', '\\+')}, you trust it too$`, 'm'),
  )

  // Without a pin all of it is the server's word, a key of a later set-up included.
  const claimed = await judged(clone)
  assert.equal(claimed.exitCode, 0)
  assert.ok(claimed.notes.some((note) => note.includes('as claimed by the server')))
  assert.deepEqual(
    claimed.changes.map((change) => change.state === 'proven' && change.by.trust),
    ['server', 'server', 'server', 'root'],
  )
})

test('another trusted key does not stand in for the first, is not guessed, and names one signer', async () => {
  using repository = new SealedRepository()
  const moved = repository.admit('ada', { origin: 'https://git.example.com' })
  repository.merge(moved)
  repository.publish()
  const [first, second] = [repository.ada.entry.fingerprint, moved.entry.fingerprint]
  assert.equal(await refusal(repository.clone(), '--trust', second), 'trust-mismatch')
  const absent = `SHA256:${'A'.repeat(43)}`
  assert.equal(await refusal(repository.clone(), '--trust', second, '--trust', absent), 'trust-mismatch')
  const report = await judged(repository.clone(), '--trust', first, '--trust', second, '--trust', absent)
  assert.equal(report.exitCode, 0)
  assert.ok(report.notes.some((note) => note.includes(`No signer of this repository has the key ${absent}`)))
  assert.equal(await refusal(repository.clone(), '--trust', first, '--trust', 'nonsense'), 'usage')

  // The server lists the trusted key once more, for somebody else, and earlier.
  const credentialId = Buffer.alloc(32, 7).toString('base64url')
  const { addedAt } = repository.ada.entry
  const mallory = { ...moved.entry, credentialId, username: 'mallory', principal: 'mallory@git.example.com', addedAt }
  repository.entries.push(mallory)
  repository.publish()
  assert.equal(await refusal(repository.clone(), '--trust', first, '--trust', second), 'trust-mismatch')
  assert.deepEqual(await reasons(repository.clone(), '--trust', first), ['not-vouched'])
})

test('a start that is only recorded is said to be', async () => {
  using repository = new SealedRepository({ sealStart: false })
  const report = await judged(repository.clone())
  assert.equal(report.start.state, 'recorded')
  assert.ok(report.notes.some((note) => note.includes('only recorded')))
})

test('a start whose seal is about something else is no start', async () => {
  using repository = new SealedRepository({ sealStart: false })
  repository.sealStart({ tree: 'd'.repeat(40) })
  repository.publish()
  assert.equal(await refusal(repository.clone()), 'start-broken')
})

test('a start that was moved is found in the history of refs/postern/seals', async () => {
  using repository = new SealedRepository({ sealStart: false })
  repository.moveTo(repository.commit([repository.tip], 'Sneak in'))
  repository.protection = { ...repository.protection, baseline: repository.tip }
  repository.publish()
  assert.equal(await refusal(repository.clone()), 'history-rewritten')
})

test('a signer whose key was exchanged, or who was removed, is found in the history', async () => {
  for (const rewrite of ['exchange', 'remove'] as const) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const eve = repository.admit('eve')
    repository.publish()
    const { publicKey, fingerprint } = eve.entry
    if (rewrite === 'exchange') repository.change(bob.entry, { publicKey, fingerprint })
    else repository.entries = repository.entries.filter((entry) => entry.username !== 'bob')
    repository.publish()
    assert.equal(await refusal(repository.clone()), 'history-rewritten')
  }
})

test('a list rewritten from the root is found by a clone that has the old one', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone()
  assert.equal((await judged(clone)).exitCode, 0)
  repository.rewrite('refs/postern/signers')
  repository.merge(repository.admit('mallory'))
  repository.publish()
  execFileSync('git', ['-C', clone, 'pull', '--quiet', '--ff-only'])
  assert.equal(await refusal(clone), 'history-rewritten')
})

test('a clone that is behind brings refs/postern/* forward by itself, and says so', async () => {
  using repository = new SealedRepository()
  const clone = repository.clone()
  await judged(clone)
  repository.merge(repository.ada)
  repository.publish()
  execFileSync('git', ['-C', clone, 'pull', '--quiet', '--ff-only'])
  const report = await judged(clone)
  assert.equal(report.exitCode, 0)
  assert.ok(report.notes.some((note) => note.includes('up to date')))
})

test('an ended key or a new name is a change the list allows', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.publish()
  repository.change(bob.entry, { ended: { at: renderTime(repository.now), seal: null }, displayName: 'Robert' })
  repository.publish()
  assert.equal((await judged(repository.clone())).exitCode, 0)
  repository.change(bob.entry, { ended: null })
  repository.publish()
  assert.equal(await refusal(repository.clone()), 'history-rewritten')
})

test('clones that show or hold another history get no verdict', async () => {
  using repository = new SealedRepository()
  const { oid } = repository.merge(repository.ada)
  repository.publish()
  assert.equal(await refusal(repository.clone('--depth=1')), 'shallow')
  repository.git(['config', 'uploadpack.allowFilter', 'true'])
  assert.equal(await refusal(repository.clone('--filter=blob:none')), 'partial')

  const grafted = repository.clone()
  mkdirSync(join(grafted, '.git', 'info'))
  writeFileSync(join(grafted, '.git', 'info', 'grafts'), `${oid}\n`)
  assert.equal(await refusal(grafted), 'grafted')

  const replaced = repository.clone()
  execFileSync('git', ['-C', replaced, 'replace', oid, `${oid}~1`])
  assert.equal(await refusal(replaced), 'replaced')
})

test('what is missing is said, not guessed', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  assert.equal(await refusal(repository.clone(), '--ref', 'release'), 'not-protected')
  assert.equal(await refusal(join(repository.folder, 'nowhere')), 'not-a-repository')
  assert.equal(await refusal(repository.folder), 'not-a-repository')
  const alone = repository.clone()
  execFileSync('git', ['-C', alone, 'remote', 'remove', 'origin'])
  assert.equal(await refusal(alone), 'postern-refs-missing')
  repository.git(['update-ref', '-d', 'refs/postern/seals'])
  assert.equal(await refusal(repository.clone()), 'postern-refs-missing')
  assert.equal(await refusal(), 'usage')
  assert.equal(await refusal(alone, '--trust', 'nonsense'), 'usage')
  assert.equal(await refusal(alone, '--origin', 'https://x/path'), 'usage')
  assert.equal(await refusal(alone, '--unknown'), 'usage')
})

test('invalid UTF-8 and huge messages are judged like any other', async () => {
  using repository = new SealedRepository()
  const { commit } = repository.merge(repository.ada, { body: 'long line\n'.repeat(100_000) })
  repository.publish()
  assert.deepEqual(await reasons(repository.clone()), [])
  const broken = Buffer.concat([commit.subarray(0, commit.length - 1), Buffer.from([0xff, 0x0a])])
  repository.moveTo(repository.write(broken))
  assert.deepEqual(await reasons(repository.clone()), ['trailers-malformed'])
  const nothing = Buffer.from(
    `tree ${repository.tree()}\nparent ${repository.protection.baseline}\nauthor x\n\n\xff`,
    'latin1',
  )
  repository.moveTo(repository.write(nothing))
  assert.deepEqual(await reasons(repository.clone()), ['commit-malformed'])
})

test('the text names each change, in 100 columns, and nothing in it moves the cursor', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  const evil = repository.commit([repository.tip], `Evil \u001b[2J\u202e${'x'.repeat(300)}`)
  repository.moveTo(evil)
  repository.publish()
  let text = ''
  assert.equal(await main([repository.clone()], { out: (part) => (text += part), err: assert.fail }), 1)
  assert.ok(text.includes(`! ${evil.slice(0, 12)}`))
  assert.ok(text.includes('2 changes since protection began: 1 proven, 1 that nobody proved.'))
  assert.match(text, /merge #7/)
  assert.doesNotMatch(text, /[^\P{C}\n]/u)
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
})

test('help is printed and succeeds', async () => {
  let text = ''
  assert.equal(await main(['--help'], { out: (part) => (text += part), err: assert.fail }), 0)
  assert.match(text, /--trust/)
})

test('the caller’s git environment does not redirect the verdict', async () => {
  using repository = new SealedRepository()
  using other = new SealedRepository()
  repository.moveTo(repository.commit([repository.tip], 'Sneak in'))
  const clone = repository.clone()
  const script = `import { main } from ${JSON.stringify(new URL('main.ts', import.meta.url).href)}
    process.exitCode = await main([${JSON.stringify(clone)}])`
  const { status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    env: { ...process.env, GIT_DIR: other.bare, GIT_OBJECT_DIRECTORY: join(other.bare, 'objects'), GIT_NAMESPACE: 'x' },
  })
  assert.equal(status, 1)
})

test('a seal that was taken away and put back is found in the history', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const taken = repository.records.splice(0)
  repository.publish()
  repository.records.push(...taken)
  repository.publish()
  assert.equal(await refusal(repository.clone()), 'history-rewritten')
})

test('a tag in the place of refs/postern/* does not hide the commits below it', async () => {
  for (const ref of ['refs/postern/signers', 'refs/postern/seals']) {
    using repository = new SealedRepository()
    repository.rewrite(ref)
    repository.git(['-c', 'user.name=eve', '-c', 'user.email=eve@example.com', 'tag', '-a', '-m', 'x', 'x', ref])
    repository.git(['update-ref', ref, 'refs/tags/x'])
    assert.equal(await refusal(repository.clone()), 'history-rewritten')
  }
})

test('a merge in refs/postern/* is refused, whichever side it hides', async () => {
  using repository = new SealedRepository()
  const [seals = '', first = ''] = repository.git(['rev-list', 'refs/postern/seals', 'refs/heads/main']).split('\n')
  const tree = repository.git(['rev-parse', `${seals}^{tree}`])
  const idents = ['-c', 'user.name=eve', '-c', 'user.email=eve@example.com']
  const merge = repository.git([...idents, 'commit-tree', '-m', 'x', '-p', seals, '-p', first, tree])
  repository.git(['update-ref', 'refs/postern/seals', merge])
  assert.equal(await refusal(repository.clone()), 'history-rewritten')
})

test('a file that stands twice in refs/postern/*, which git calls an addition, does not take its own place', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.change(bob.entry, { ended: { at: renderTime(repository.now), seal: null } })
  repository.publish()
  const treeOf = () => repository.git(['ls-tree', 'refs/postern/signers']).split('\n')
  const [before, first] = [treeOf(), repository.git(['rev-parse', 'refs/postern/signers'])]
  repository.change(bob.entry, { ended: null })
  repository.merge(bob, { at: repository.now + STEP_MS })
  repository.publish()
  const lines = [...before, ...treeOf()].map((line) => {
    const [, mode = '', oid = '', name = ''] = /^(\d+) \w+ ([0-9a-f]{40})\t(.*)$/.exec(line) ?? []
    return Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(oid, 'hex')])
  })
  // As git sorts them, each beside the one of its name.
  const twice = Buffer.concat(
    before.flatMap((_, at) => [lines[at], lines[at + before.length]].filter((line) => line !== undefined)),
  )
  const git = (args: string[], input?: Buffer) =>
    execFileSync('git', ['-C', repository.bare, '-c', 'user.name=eve', '-c', 'user.email=eve@example.com', ...args], {
      input,
    })
      .toString()
      .trim()
  const tree = git(['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], twice)
  repository.setRef('refs/postern/signers', git(['commit-tree', '-m', 'x', '-p', first, tree]))
  assert.equal(await refusal(repository.clone()), 'history-rewritten')
})

test('a git that cannot batch commands reads the same', { skip: process.platform === 'win32' }, async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  const clone = repository.clone()
  await judged(clone)
  const bin = join(repository.folder, 'bin')
  const real = execFileSync('sh', ['-c', 'command -v git']).toString().trim()
  mkdirSync(bin)
  const older = `#!/bin/sh\nfor each; do [ "$each" = --batch-command ] && exit 129; done\nexec ${real} "$@"\n`
  writeFileSync(join(bin, 'git'), older, { mode: 0o755 })
  const script = `import { main } from ${JSON.stringify(new URL('main.ts', import.meta.url).href)}
    process.exitCode = await main([${JSON.stringify(clone)}, '--json'])`
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], { env })
  assert.equal(status, 0)
  assert.deepEqual(JSON.parse(stdout.toString()), await judged(clone))
})

test('a line of many batches is judged whole, and an object that is missing in it ends the walk', async () => {
  using repository = new SealedRepository()
  const oids = Array.from({ length: 200 }, () => repository.merge(repository.ada).oid)
  repository.publish()
  const clone = repository.clone()
  const report = await judged(clone)
  assert.equal(report.exitCode, 0)
  assert.deepEqual(
    report.changes.map(({ oid }) => oid),
    oids.toReversed(),
  )
  const blob = repository.git(['ls-tree', '-r', '--object-only', 'refs/postern/seals']).split('\n')[100] ?? ''
  const again = repository.clone()
  execFileSync('git', ['-C', again, 'fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*'])
  execFileSync('git', ['-C', again, 'repack', '-adq'])
  const objects = join(again, '.git', 'objects')
  execFileSync('sh', [
    '-c',
    `mv ${objects}/pack ${again}/pack && for each in ${again}/pack/*.pack; do git -C ${again} unpack-objects -q < $each; done`,
  ])
  unlinkSync(join(objects, blob.slice(0, 2), blob.slice(2)))
  assert.equal(await refusal(again), 'object-missing')
})
