import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EDDSA, RS256 } from '../protocols/webauthn/cose.ts'
import { judged, reasons, refusal, stockVerdict } from './judged-testing.ts'
import { main } from './main.ts'
import { SealedRepository } from './sealed-repository-testing.ts'

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
  // Some call what they clone from otherwise.
  const settings = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'clone.defaultRemoteName',
    GIT_CONFIG_VALUE_0: 'upstream',
  }
  const command = join(import.meta.dirname, '..', 'main.ts')
  const { status } = spawnSync(process.execPath, [command, 'verify', `file://${repository.bare}`, '--ref', 'main'], {
    env: { ...process.env, ...settings },
  })
  assert.equal(status, 0)
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
