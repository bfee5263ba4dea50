import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { parseStatement, statementDigest } from '../seals/format/statement.ts'
import { renderTime } from '../seals/format/time.ts'
import { judged, judgedClone, proven } from './judged-testing.ts'
import { STEP_MS, SealedRepository } from './sealed-repository-testing.ts'
import { approve, confirm, update } from './sealed-review-testing.ts'

/** A head proposed on top of main. */
const propose = (repository: SealedRepository, tree?: string) => repository.commit([repository.tip], 'Propose', tree)

/** What the newest change says of the people behind it. */
async function newest(repository: SealedRepository, ...args: string[]) {
  const report = await judgedClone(repository, ...args)
  const change = proven(report.changes[0])
  return {
    report,
    change,
    level: change.level,
    people: change.people.map(({ username, did }) => `${username} ${did}`),
    refused: change.notCounted.map(({ username, reason }) => `${username} ${reason}`),
  }
}

test('an approval of the very head by another person makes two people', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const head = propose(repository)
  const record = approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  const { report, change, level, people, refused } = await newest(repository)
  assert.deepEqual({ level, people, refused }, { level: 4, people: ['ada merged', 'bob approved'], refused: [] })
  assert.equal(report.level, 4)
  assert.equal(change.confirmedBy.length, 0)
  assert.deepEqual(change.people[1], {
    username: 'bob',
    principal: 'bob@localhost',
    did: 'approved',
    strength: record.strength,
    origin: 'http://localhost:7400',
    statementDigest: statementDigest(record.statement),
  })
})

test('of each change it says what was tapped: flags, origin, rules in force, key and statement', async () => {
  using repository = new SealedRepository()
  const head = propose(repository)
  const { oid } = repository.merge(repository.ada, { head })
  const { change } = await newest(repository)
  const statement = repository.records.at(-1)?.statement ?? Buffer.alloc(0)
  const { predicate } = parseStatement(statement)
  const { entry } = repository.ada
  const own = { strength: 'device-bound', origin: 'http://localhost:7400', statementDigest: statementDigest(statement) }
  const { committedAt, ...rest } = change
  assert.match(committedAt ?? '', /^2026-/)
  assert.deepEqual(rest, {
    oid,
    title: 'Pay the right amount',
    state: 'proven',
    action: 'merge',
    pullRequest: '7',
    head,
    update: { base: repository.protection.baseline, tip: oid },
    level: 3,
    people: [{ username: 'ada', principal: 'ada@localhost', did: 'merged', ...own }],
    landed: null,
    confirmedBy: [],
    notCounted: [],
    proof: 'seal',
    by: {
      username: 'ada',
      displayName: entry.displayName,
      principal: 'ada@localhost',
      trust: 'root',
      endorsedBy: null,
    },
    key: {
      fingerprint: entry.fingerprint,
      algorithm: 'ES256',
      strength: 'device-bound',
      userPresent: true,
      userVerified: true,
      backupEligible: false,
      backupState: false,
      stockVerifiable: true,
    },
    origin: own.origin,
    policyDigest: predicate.policyDigest,
    issuedAt: predicate.issuedAt,
    statementDigest: own.statementDigest,
    pushedTo: null,
  })
  assert.match(predicate.policyDigest, /^sha256:[0-9a-f]{64}$/)
})

test('the level of a branch is that of its least change', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  assert.equal((await judgedClone(repository)).level, null)
  const head = propose(repository)
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.merge(repository.ada, { pullRequest: 8 })
  const report = await judgedClone(repository)
  assert.deepEqual([report.level, ...report.changes.map(({ level }) => level)], [3, 3, 4])
  repository.moveTo(repository.commit([repository.tip], 'Sneak in'))
  assert.equal((await judgedClone(repository)).level, 1)
})

test('approvals count for fast-forwards, rebases and squashes as well', async () => {
  for (const action of ['fast-forward', 'rebase', 'squash'] as const) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const head = propose(repository)
    approve(repository, bob, { head })
    const tree = repository.git(['rev-parse', `${head}^{tree}`])
    if (action === 'squash') repository.merge(repository.ada, { action, head })
    else if (action === 'fast-forward') update(repository, repository.ada, { action, tip: head })
    else
      update(repository, repository.ada, { action, head, tip: repository.commit([repository.tip], 'Replayed', tree) })
    const { level, people } = await newest(repository)
    assert.deepEqual({ action, level, people }, { action, level: 4, people: ['ada merged', 'bob approved'] })
  }
})

test('one person with two credentials is one person, twice over', async () => {
  using repository = new SealedRepository()
  const [bob, again] = [repository.admit('bob'), repository.admit('bob')]
  const head = propose(repository)
  approve(repository, bob, { head })
  approve(repository, again, { head })
  repository.merge(repository.ada, { head })
  const { level, people, refused } = await newest(repository)
  assert.deepEqual({ level, people }, { level: 4, people: ['ada merged', 'bob approved'] })
  assert.deepEqual(refused, ['bob same-person'])

  using alone = new SealedRepository()
  const second = alone.admit('ada')
  const own = propose(alone)
  approve(alone, second, { head: own })
  alone.merge(alone.ada, { head: own })
  const found = await newest(alone)
  assert.deepEqual([found.level, found.people, found.refused], [3, ['ada merged'], ['ada same-person']])
  assert.ok(found.report.notes.some((note) => note.startsWith('1 approval does not count, by somebody who already')))
})

test('one person whom the list of signers gives two ids is one person', async () => {
  using repository = new SealedRepository()
  const second = repository.admit('ada')
  renameTo(repository, second, { userId: 'usr_somebody' })
  const head = propose(repository)
  approve(repository, second, { head })
  repository.merge(repository.ada, { head })
  assert.deepEqual((await newest(repository)).refused, ['ada same-person'])
})

function renameTo(repository: SealedRepository, signer: SoftwareSigner, over: { userId: string }): void {
  repository.change(signer.entry, over)
  signer.entry = { ...signer.entry, ...over }
}

test('whoever merges cannot approve for themself', async () => {
  using repository = new SealedRepository()
  const head = propose(repository)
  approve(repository, repository.ada, { head })
  repository.merge(repository.ada, { head })
  const { level, people, refused } = await newest(repository)
  assert.deepEqual({ level, people, refused }, { level: 3, people: ['ada merged'], refused: ['ada same-person'] })
})

test('an approval of another tree under the same message does not count', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const [approved, pushed] = [propose(repository), propose(repository)]
  approve(repository, bob, { head: approved })
  repository.merge(repository.ada, { head: pushed })
  const { level, refused, report } = await newest(repository)
  assert.deepEqual({ level, refused }, { level: 3, refused: ['bob head-mismatch'] })
  assert.ok(report.notes.some((note) => note.includes("bob's of") && note.includes('another state')))
})

test('an approval that names the head with another tree does not count', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const head = propose(repository)
  approve(repository, bob, { head, claims: { tree: repository.tree() } })
  repository.merge(repository.ada, { head })
  assert.deepEqual((await newest(repository)).refused, ['bob tree-mismatch'])
})

test('an approval of the same patch under another message counts', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const tree = repository.tree()
  approve(repository, bob, { head: propose(repository, tree) })
  const again = repository.commit([repository.tip], 'Another message', tree)
  repository.merge(repository.ada, { head: again, tree })
  assert.deepEqual((await newest(repository)).people, ['ada merged', 'bob approved'])
})

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index}\n`)
const text = (changes: Record<number, string>) => LINES.map((line, at) => changes[at] ?? line).join('')

test('the same patch counts where the branch moved in other files, and also in the same ones', async () => {
  for (const moved of ['a file besides', 'the same file']) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const start = repository.treeOf({ a: text({}), b: 'b\n' })
    repository.merge(repository.ada, { pullRequest: 5, tree: start })
    const mergeBase = repository.tip
    const tree = repository.treeOf({ a: text({ 2: 'new\n' }), b: 'b\n' })
    const approved = repository.commit([mergeBase], 'Propose', tree)
    const landed = repository.commit([mergeBase], 'Another message', tree)
    approve(repository, bob, { head: approved, mergeBase })
    const elsewhere = moved === 'the same file' ? { a: text({ 25: 'x\n' }), b: 'b\n' } : { a: text({}), b: 'c\n' }
    repository.merge(repository.ada, { pullRequest: 6, tree: repository.treeOf(elsewhere) })
    const result = { ...elsewhere, a: text({ 2: 'new\n', ...(moved === 'the same file' && { 25: 'x\n' }) }) }
    repository.merge(repository.ada, { head: landed, tree: repository.treeOf(result) })
    const { people, level } = await newest(repository)
    assert.deepEqual({ moved, level, people }, { moved, level: 4, people: ['ada merged', 'bob approved'] })
  }
})

/** A change of line 2 of a file in which the branch moves on after it was approved. Merged, `result` comes of it. */
function movedInSameFile(repository: SealedRepository) {
  const bob = repository.admit('bob')
  repository.merge(repository.ada, { pullRequest: 5, tree: repository.treeOf({ a: text({}), b: 'b\n' }) })
  const mergeBase = repository.tip
  const head = repository.commit([mergeBase], 'Propose', repository.treeOf({ a: text({ 2: 'new\n' }), b: 'b\n' }))
  approve(repository, bob, { head, mergeBase })
  repository.merge(repository.ada, { pullRequest: 6, tree: repository.treeOf({ a: text({ 25: 'x\n' }), b: 'b\n' }) })
  return { head, mergeBase, result: { a: text({ 2: 'new\n', 25: 'x\n' }), b: 'b\n' } }
}

/** Lands it by one way of merging, as this tree. */
function land(repository: SealedRepository, action: 'merge' | 'squash' | 'rebase', head: string, tree: string): string {
  if (action !== 'rebase') return repository.merge(repository.ada, { action, head, tree }).oid
  const tip = repository.commit([repository.tip], 'Replayed', tree)
  update(repository, repository.ada, { action, head, tip })
  return tip
}

for (const action of ['merge', 'squash', 'rebase'] as const) {
  test(`${action}: server and one person slip a file in beside the approved head: level 3`, async () => {
    using repository = new SealedRepository()
    const { head, result } = movedInSameFile(repository)
    repository.setRef('refs/pull/7/head', head)
    const sneaked = repository.treeOf({ ...result, backdoor: 'open\n' })
    const oid = land(repository, action, head, sneaked)
    repository.publish()
    const clone = repository.clone('--config=remote.origin.fetch=+refs/pull/*:refs/pull/*')
    const report = await judged(clone, '--level', '4')
    const change = proven(report.changes[0])
    assert.deepEqual([change.landed, change.level, report.level, report.exitCode], ['otherwise', 3, 3, 1])
    assert.match(report.notes.join('\n'), new RegExp(`What came of ${oid.slice(0, 12)} is neither path by path`))
  })

  test(`${action}: an approved head on a branch that moved in the same file is level 4`, async () => {
    using repository = new SealedRepository()
    const { head, mergeBase, result } = movedInSameFile(repository)
    repository.setRef('refs/pull/7/head', head)
    land(repository, action, head, repository.treeOf(result))
    repository.publish()
    const clone = repository.clone('--config=remote.origin.fetch=+refs/pull/*:refs/pull/*')
    // A merge driver and attributes of the clone have no say, and nothing is written into it.
    const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8' })
    mkdirSync(join(clone, '.git', 'info'), { recursive: true })
    writeFileSync(join(clone, '.git', 'info', 'attributes'), '* merge=evil\n')
    git('config', 'merge.evil.driver', 'false')
    git('fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
    const before = git('count-objects', '-v')
    const { changes } = await judged(clone, '--since', mergeBase)
    const change = proven(changes[0])
    assert.deepEqual([change.landed, change.level], ['as-approved', 4])
    assert.equal(git('count-objects', '-v'), before)
  })
}

for (const action of ['rebase', 'fast-forward'] as const) {
  test(`${action}: one that claims to begin below an approved change, and undoes it, is level 3`, async () => {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const below = repository.tip
    const approved = propose(repository)
    approve(repository, bob, { head: approved, mergeBase: below })
    const undone = propose(repository)
    approve(repository, bob, { head: undone, claims: { pullRequest: 6 } })
    repository.merge(repository.ada, { head: undone, pullRequest: 6 })
    // From below to here it is what Bob approved; from the tip to here it also takes back what he approved before.
    const tree = repository.git(['rev-parse', `${approved}^{tree}`])
    const tip = repository.commit([repository.tip], 'Undo it', tree)
    const head = action === 'rebase' ? approved : tip
    update(repository, repository.ada, { action, head, tip, claims: { base: below } })
    const { change, level, report } = await newest(repository)
    assert.deepEqual([change.landed, level, report.changes[1]?.level], ['otherwise', 3, 4])
  })
}

test('branches that were merged into each other: what merging takes back stood in no comparison, level 3', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  repository.merge(repository.ada, { pullRequest: 4, tree: repository.treeOf({ lock: 'open\n' }) })
  const flawed = repository.tip
  repository.merge(repository.ada, { pullRequest: 5, tree: repository.treeOf({ lock: 'open\n', b: 'b\n' }) })
  const below = repository.tip
  const fix = repository.commit([flawed], 'Fix', repository.treeOf({ lock: 'shut\n' }))
  repository.merge(repository.ada, { pullRequest: 6, head: fix, tree: repository.treeOf({ lock: 'shut\n', b: 'b\n' }) })
  // It has the fix as well, and kept the flaw: from where its first parent left main nothing of that is seen.
  const kept = repository.commit([below, fix], 'Take part', repository.treeOf({ lock: 'open\n', b: 'b\n' }))
  const tree = repository.treeOf({ lock: 'open\n', b: 'b\n', nice: 'nice\n' })
  const head = repository.commit([kept], 'Nice', tree)
  approve(repository, bob, { head, mergeBase: below })
  const merged = repository.git(['merge-tree', '--write-tree', repository.tip, head])
  assert.equal(merged, tree, 'git merges it without a word')
  repository.merge(repository.ada, { head, tree })
  const { change, level, people } = await newest(repository)
  assert.deepEqual([change.landed, level, people], ['otherwise', 3, ['ada merged', 'bob approved']])
})

test('where the approved head is in no clone, level 3, and a note says how to get it', async () => {
  using repository = new SealedRepository()
  const { head, result } = movedInSameFile(repository)
  repository.setRef('refs/pull/7/head', head)
  const { oid } = repository.merge(repository.ada, { action: 'squash', head, tree: repository.treeOf(result) })
  const { change, level, people, report } = await newest(repository)
  assert.deepEqual([change.landed, level, people], ['head-missing', 3, ['ada merged', 'bob approved']])
  const note = report.notes.find((one) =>
    one.startsWith(`What was approved of ${oid.slice(0, 12)} is not in this clone`),
  )
  assert.match(note ?? '', /git fetch origin '\+refs\/pull\/\*:refs\/pull\/\*'/)
  // A clone of our own we make good ourselves.
  assert.equal((await judged(`file://${repository.bare}`, '--ref', 'main')).changes[0]?.level, 4)
})

test('a git that cannot merge again makes no level 4 of it, and a note says so', async () => {
  using repository = new SealedRepository()
  const { head, result } = movedInSameFile(repository)
  repository.merge(repository.ada, { head, tree: repository.treeOf(result) })
  repository.publish()
  const report = await withOlderGit(repository, () => judged(repository.clone()))
  assert.deepEqual([proven(report.changes[0]).landed, report.changes[0]?.level], ['git-too-old', 3])
  assert.ok(report.notes.some((note) => note.includes('git 2.38 or newer')))
})

test('a result that is path by path what was approved needs no merging again', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const head = propose(repository)
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.publish()
  const report = await withOlderGit(repository, () => judged(repository.clone()))
  assert.deepEqual([proven(report.changes[0]).landed, report.level], ['as-approved', 4])
})

/** Stands before git as one that says it is older and does not know what came later. */
async function withOlderGit<T>(repository: SealedRepository, work: () => Promise<T>): Promise<T> {
  const path = process.env['PATH'] ?? ''
  const folder = join(repository.folder, 'older')
  mkdirSync(folder)
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const script = `#!/bin/sh
[ "$1" = version ] && { echo 'git version 2.37.7'; exit 0; }
[ "$1" = merge-tree ] && exit 128
exec '${real}' "$@"
`
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 })
  process.env['PATH'] = `${folder}${delimiter}${path}`
  try {
    return await work()
  } finally {
    process.env['PATH'] = path
  }
}

test('a squash is held against what came of it: its head is in no clone', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const tree = repository.tree()
  approve(repository, bob, { head: propose(repository, tree) })
  repository.merge(repository.ada, { action: 'squash', tree })
  assert.deepEqual((await newest(repository)).people, ['ada merged', 'bob approved'])
})

test('an approval of another pull request, branch or repository does not count', async () => {
  for (const [code, claims] of [
    ['pull-request-mismatch', { pullRequest: 8 }],
    ['ref-mismatch', { targetRef: 'refs/heads/release' }],
    ['repository-mismatch', { repositoryId: 'rep_other' }],
  ] as const) {
    using repository = new SealedRepository()
    const bob = repository.admit('bob')
    const head = propose(repository)
    approve(repository, bob, { head, claims })
    repository.merge(repository.ada, { head })
    const { level, refused } = await newest(repository)
    assert.deepEqual({ level, refused }, { level: 3, refused: [`bob ${code}`] })
  }
})

test('one approval counts for one change', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const head = propose(repository)
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  repository.merge(repository.ada, { head })
  const { level, refused, report } = await newest(repository)
  assert.deepEqual({ level, refused }, { level: 3, refused: ['bob statement-reused'] })
  assert.equal(report.changes[1]?.level, 4)
})

test('an approval made after the change had landed does not count', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const head = propose(repository)
  repository.merge(repository.ada, { head })
  approve(repository, bob, { head, mergeBase: repository.protection.baseline, at: repository.now + 6 * STEP_MS })
  assert.deepEqual((await newest(repository)).refused, ['bob outside-time'])
})

test('a tap where nobody was verified, or on another origin, approves nothing', async () => {
  using repository = new SealedRepository()
  const [bob, carol] = [repository.admit('bob'), repository.admit('carol')]
  const head = propose(repository)
  approve(repository, bob, { head, tampering: { flags: 0x01 } })
  approve(repository, carol, { head, tampering: { origin: 'http://localhost:8080' } })
  repository.merge(repository.ada, { head })
  assert.deepEqual((await newest(repository)).refused, ['bob user-not-verified', 'carol origin-mismatch'])
})

test('an approval by a key that had ended does not count for what landed after', async () => {
  using repository = new SealedRepository()
  const [bob, carol] = [repository.admit('bob'), repository.admit('carol')]
  const head = propose(repository)
  const before = repository.now
  const at = renderTime((repository.now += STEP_MS))
  repository.change(bob.entry, { ended: { at, seal: null } })
  repository.change(carol.entry, { ended: { at, seal: null } })
  approve(repository, bob, { head, at: before })
  approve(repository, carol, { head })
  repository.merge(repository.ada, { head })
  const { level, refused } = await newest(repository)
  assert.deepEqual({ level, refused }, { level: 3, refused: ['bob signer-ended', 'carol signer-ended'] })
})

test('an approval by nobody in the list of signers, such as an agent, does not count', async () => {
  using repository = new SealedRepository()
  const agent = SoftwareSigner.create({ username: 'robot', addedAt: renderTime(repository.now) })
  const head = propose(repository)
  approve(repository, agent, { head })
  repository.merge(repository.ada, { head })
  const { level, refused } = await newest(repository)
  assert.deepEqual({ level, refused }, { level: 3, refused: ['robot signer-unknown'] })
})

test('with --trust the approval of somebody whom nobody vouched for does not count', async () => {
  using repository = new SealedRepository()
  const [bob, carol] = [repository.admit('bob'), repository.admit('carol')]
  repository.endorse(repository.ada, carol)
  const head = propose(repository)
  approve(repository, bob, { head })
  repository.merge(repository.ada, { head })
  const trust = ['--trust', repository.ada.entry.fingerprint]
  const first = await newest(repository, ...trust)
  assert.deepEqual([first.level, first.refused], [3, ['bob not-vouched']])
  const next = propose(repository)
  approve(repository, carol, { head: next, claims: { pullRequest: 8 } })
  repository.merge(repository.ada, { head: next, pullRequest: 8 })
  assert.deepEqual((await newest(repository, ...trust)).level, 4)
})

test('a push has no pull request, so nothing approves it', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const tip = propose(repository)
  approve(repository, bob, { head: tip })
  update(repository, repository.ada, { action: 'push', tip })
  assert.deepEqual((await newest(repository)).people, ['ada pushed'])
})

test('a confirmation says who looked afterwards, and makes no level', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  const { oid } = repository.merge(repository.ada)
  confirm(repository, bob, { tip: oid })
  confirm(repository, repository.ada, { tip: oid })
  confirm(repository, repository.admit('carol'), { tip: oid, claims: { tree: 'd'.repeat(40) } })
  const { change, level, refused } = await newest(repository)
  assert.equal(level, 3)
  assert.deepEqual(
    change.confirmedBy.map(({ username, did }) => [username, did]),
    [['bob', 'confirmed']],
  )
  assert.deepEqual(refused, ['ada same-person', 'carol tree-mismatch'])
})

test('many approvals that do not count are told of once for each reason', async () => {
  using repository = new SealedRepository()
  const bob = repository.admit('bob')
  for (let at = 0; at < 5; at++) approve(repository, bob, { head: propose(repository) })
  repository.merge(repository.ada)
  const { report, refused } = await newest(repository)
  assert.equal(refused.length, 5)
  const told = report.notes.filter((note) => note.includes('not count'))
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /^5 approvals do not count, made for another state of the pull request \[head-mismatch\]/)
  assert.match(told[0] ?? '', /and 2 more\.$/)
})
