import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, reasons, refusal, stockVerdict } from './judged-testing.ts'
import { main } from './main.ts'
import { SealedRepository, STEP_MS } from './sealed-repository-testing.ts'

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

test('a clone set up to bring refs/postern/* along keeps what it has of them all the same', async () => {
  using repository = new SealedRepository()
  repository.merge(repository.ada)
  repository.publish()
  for (const refspec of ['+refs/postern/*:refs/postern/*', 'refs/postern/*:refs/postern/*']) {
    const clone = repository.clone('--config', `remote.origin.fetch=${refspec}`)
    assert.equal((await judged(clone)).exitCode, 0)
    const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args], { stdio: 'pipe' }).toString()
    const pinned = git('rev-parse', 'refs/postern/signers')
    repository.rewrite('refs/postern/signers')
    repository.merge(repository.admit(`mallory${refspec.length}`))
    repository.publish()
    // git itself would overwrite them by the plus, and refuses to without it, as the guide has it.
    if (!refspec.startsWith('+')) assert.throws(() => git('fetch', 'origin'), /rejected\].* refs\/postern\/signers/)
    git('fetch', '--refmap=', 'origin', 'main')
    git('merge', '--ff-only', 'FETCH_HEAD')
    assert.equal(await refusal(clone), 'history-rewritten')
    assert.equal(git('rev-parse', 'refs/postern/signers'), pinned)
  }
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

test('a file that is made no plain one, so that nobody reads it, is gone, and is found in the history', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.change(bob.entry, { ended: { at: renderTime(repository.now), seal: null } })
  repository.publish()
  const ref = 'refs/postern/signers'
  const first = repository.git(['rev-parse', ref])
  // The very key that ended, under another id: it would seal again.
  repository.entries = repository.entries.filter((entry) => entry.username !== 'bob')
  const credentialId = Buffer.alloc(32, 7).toString('base64url')
  repository.entries.push({ ...bob.entry, credentialId })
  repository.publish()
  const hidden = repository.git(['ls-tree', '-r', first]).split('\n')
  const now = repository.git(['ls-tree', '-r', ref]).split('\n')
  const lost = hidden.filter((line) => line.includes('signers/') && !now.includes(line))
  assert.equal(lost.length, 1)
  for (const mode of ['100755', '120000']) {
    const env = { ...process.env, GIT_INDEX_FILE: join(repository.folder, `index-${mode}`) }
    const idents = ['-c', 'user.name=eve', '-c', 'user.email=eve@example.com']
    const git = (args: string[], input = '') =>
      execFileSync('git', ['-C', repository.bare, ...idents, ...args], { env, input })
        .toString()
        .trim()
    git(['update-index', '--index-info'], [...now, ...lost.map((line) => line.replace('100644', mode))].join('\n'))
    repository.setRef(ref, git(['commit-tree', '-m', 'x', '-p', first, git(['write-tree'])]))
    assert.equal(await refusal(repository.clone()), 'history-rewritten')
  }
})
