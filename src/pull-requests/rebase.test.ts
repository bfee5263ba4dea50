import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { newId } from '../database/id.ts'
import { createBlames } from '../repositories/blame.ts'
import { readCommit } from '../repositories/commits.ts'
import { describeChanges } from '../repositories/describe-changes.ts'
import { reconcile } from '../repositories/reconcile.ts'
import { prepareRefUpdates } from '../repositories/ref-updates.ts'
import { getPath } from '../repositories/tree.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { anyMethod, expectProblem, type landingIn, openLanding } from './landing-testing.ts'
import { readMergeFiles } from './merge-preview.ts'
import type { Protected, PullRequestFixture, Tapper } from './pull-request-testing.ts'
import { recordMerge } from './record-merge.ts'
import { checkRelease } from './release.ts'
import { readPullRequest } from './view.ts'

describe('landing without a commit of its own', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let on: ReturnType<typeof landingIn>
  let addProtected: () => Promise<Protected>
  before(async () => {
    ;({ fixture, ana, bob, on, addProtected } = await openLanding())
  })
  after(() => fixture[Symbol.asyncDispose]())
  const log = (repository: Protected, range: string, format: string): Promise<string> =>
    repository.git('log', '--reverse', `--format=${format}`, range)

  async function noteSignedPush(
    { place: { repository } }: Protected,
    moved: { oldOid: string; newOid: string },
  ): Promise<void> {
    const made = { batchId: newId('upd'), repositoryId: repository.id }
    const [createdAt, strength] = [fixture.now(), 'passkey' as const]
    await fixture.database.write(async (tx) => {
      await tx
        .insertInto('refUpdate')
        .values({
          ...made,
          ...moved,
          id: newId('upd'),
          ref: 'refs/heads/feature',
          actorId: ana.caller.id,
          method: 'token',
          strength,
          sealId: null,
          pullRequestId: null,
          commitBytes: null,
          state: 'done',
          createdAt,
          finishedAt: createdAt,
        })
        .execute()
      await tx
        .insertInto('pushCertificate')
        .values({
          ...made,
          signerId: ana.caller.id,
          sshKeyId: null,
          keyName: 'stick',
          fingerprint: 'SHA256:x',
          userPresence: 1,
          userVerification: 1,
          strength,
          digest: moved.newOid,
          content: '',
          receivedAt: createdAt,
        })
        .execute()
    })
  }

  it('a fast-forward moves the branch to exactly the head, and the seal beside it proves the step', async () => {
    const repository = await addProtected()
    const base = await on.tip(repository)
    await repository.push('feature', { a: '1' }, 'main')
    const head = await repository.push('feature', { b: '2' })
    const number = await on.open(repository, ana, 'feature')
    const prepared = await on.prepare(repository, bob, number, { method: 'fast-forward' })
    assert.match(prepared.facts.title, /^Fast-forward .* into main$/)
    assert.match(prepared.facts.warnings.join('\n'), /Stock git shows no signature.*postern verify/)
    assert.deepEqual(
      prepared.facts.rows.filter(({ label }) => label.startsWith('Commit')).map(({ value }) => value),
      [
        '2 commits',
        `${(await log(repository, 'feature', '%H')).split('\n')[1]?.slice(0, 10)} Change a`,
        `${head.slice(0, 10)} Change b`,
      ],
    )
    assert.deepEqual([prepared.base, prepared.head, prepared.fileCount], [base, head, 2])
    const sealId = await bob.tap(prepared.sealRequestId)
    const { mergeOid } = await on.release(repository, bob, number, sealId, { method: 'fast-forward' })
    assert.equal(mergeOid, head)
    assert.equal(await on.tip(repository), head)
    // The answer was lost on its way.
    assert.equal((await on.release(repository, bob, number, sealId, { method: 'fast-forward' })).mergeOid, head)
    const view = await readPullRequest(fixture.parts, repository.place, ana.caller, number)
    assert.deepEqual(
      [view.state, view.mergeMethod, view.mergeProof?.state, view.mergeProof?.stockVerifiable, view.baseOid],
      ['merged', 'fast-forward', 'proven', false, base],
    )
    // The tap was for both commits, and so it stands behind what the first of them wrote, though that was pushed with a
    // signature before it was merged.
    const [first = ''] = (await log(repository, 'feature', '%H')).split('\n').slice(1)
    await noteSignedPush(repository, { oldOid: base, newOid: first })
    const source = { git: fixture.git, folder: repository.place.folder }
    const located = await getPath(source, head, 'a')
    const holder = { account: bob.caller.id }
    const blame = await createBlames({ now: fixture.now }).read(source, { tip: head, path: 'a', located, holder })
    const parts = { ...fixture.parts, db: fixture.database.read, at: fixture.now() }
    const { commits, changes } = await describeChanges(parts, repository.place.repository.id, blame)
    assert.deepEqual([commits[0]?.subject, commits[0]?.changeOid], ['Change a', head])
    assert.deepEqual(changes, [{ oid: head, pullRequest: number, proof: view.mergeProof }])
  })

  it('a commit with odd headers moves a branch on as it is, and is not replayed', async () => {
    const repository = await addProtected()
    const base = await repository.git('rev-parse', 'main')
    const tree = await repository.git('rev-parse', 'main^{tree}')
    // What anybody may push: git minds neither the date nor the header that stands twice.
    const eve = 'author Eve <eve@example.com> 1 +0000\n'
    const odd = `tree ${tree}\nparent ${base}\n${eve}committer Eve <eve@example.com> 99999999999999 +0000\n${eve}\nOdd\n`
    await writeFile(`${repository.folder}/.git/odd`, odd)
    const head = await repository.git('hash-object', '-t', 'commit', '-w', '--literally', '.git/odd')
    await repository.git('push', '-q', 'origin', `${head}:refs/heads/odd`)
    const number = await on.open(repository, ana, 'odd')
    await expectProblem(on.prepare(repository, ana, number, { method: 'rebase' }), 'cannot-replay', /merge or squash/)
    assert.equal(await on.land(repository, ana, number, { method: 'fast-forward' }), head)
    const source = { git: fixture.git, folder: repository.place.folder }
    // A page shows it all the same: there is no later day than this.
    assert.equal(new Date((await readCommit(source, head)).committedAt).getUTCFullYear(), 275_760)
    await repository.push('next', { next: '1' }, head)
    await on.land(repository, ana, await on.open(repository, ana, 'next'), { method: 'rebase' })
  })

  it('a fast-forward is refused where the target moved on, and where it would take the tip off the first-parent line', async () => {
    const repository = await addProtected()
    await repository.push('first', { first: '1' }, 'main')
    await repository.push('second', { second: '2' }, 'main')
    const [first, second] = [await on.open(repository, ana, 'first'), await on.open(repository, ana, 'second')]
    const tapped = await ana.tap((await on.prepare(repository, ana, second, { method: 'fast-forward' })).sealRequestId)
    await on.endLeases()
    await on.land(repository, bob, first, { method: 'fast-forward' })
    await expectProblem(on.release(repository, ana, second, tapped, { method: 'fast-forward' }), 'base-moved')
    await expectProblem(on.prepare(repository, ana, second, { method: 'fast-forward' }), 'not-fast-forward', /Rebase/)
    // The foxtrot: main comes in as the second parent.
    await repository.git('fetch', '-q', 'origin')
    await repository.git('checkout', '-q', 'second')
    await repository.git('merge', '-q', '--no-edit', 'origin/main')
    await repository.git('push', '-q', 'origin', 'second')
    await expectProblem(on.prepare(repository, ana, second, { method: 'fast-forward' }), 'not-fast-forward')
  })

  it('a rebase replays each commit on the tip: authors stay, the committer is the signer, the oids are those tapped for', async () => {
    const repository = await addProtected()
    await repository.push('other', { other: 'x' }, 'main')
    await repository.push('work', { one: '1' }, 'main')
    await repository.git('config', 'user.name', 'Zoë')
    await repository.git('config', 'user.email', 'zoe@example.com')
    const head = await repository.push('work', { two: '2' })
    const [other, work] = [await on.open(repository, ana, 'other'), await on.open(repository, ana, 'work')]
    await on.land(repository, ana, other, { method: 'fast-forward' })
    const base = await on.tip(repository)
    const prepared = await on.prepare(repository, bob, work, { method: 'rebase' })
    assert.deepEqual([prepared.base, prepared.head], [base, head])
    const files = await readMergeFiles(fixture.parts, {
      place: repository.place,
      caller: bob.caller,
      number: work,
      sealRequestId: prepared.sealRequestId,
    })
    assert.deepEqual([files.fileCount, files.to], [2, prepared.tree])
    // The clock goes on between the tap and the release.
    for (let second = 0; second < 10; second++) fixture.now()
    const mergeOid = (
      await on.release(repository, bob, work, await bob.tap(prepared.sealRequestId), { method: 'rebase' })
    ).mergeOid
    await repository.git('fetch', '-q', 'origin')
    const originals = (await log(repository, 'main..work', '%an <%ae> %ad')).split('\n')
    assert.deepEqual((await log(repository, `${base}..origin/main`, '%an <%ae> %ad|%cn <%ce>|%s|%G?')).split('\n'), [
      `${originals[0]}|Bob <bob@localhost>|Change one|N`,
      `${originals[1]}|Bob <bob@localhost>|Change two|N`,
    ])
    assert.match(originals[1] ?? '', /^Zoë <zoe@example\.com>/)
    assert.equal(await repository.git('rev-parse', `${mergeOid}^{tree}`), prepared.tree)
    assert.equal(await repository.git('rev-parse', `${mergeOid}~2`), base)
    const row = await on.rowOf(repository, work)
    assert.deepEqual([row.state, row.mergeMethod, row.headOid, row.mergeOid], ['merged', 'rebase', head, mergeOid])
    assert.equal(await on.tip(repository, `refs/pull/${work}/head`), head)
  })

  it('trailers of ours in replayed messages claim nothing', async () => {
    const repository = await addProtected()
    await repository.push('evil', { evil: 'x' }, 'main')
    await repository.git(
      'commit',
      '-q',
      '--amend',
      '-m',
      `Evil\n\nPostern-Ref: refs/heads/main\nPostern-Statement: sha256:${'0'.repeat(64)}`,
    )
    await repository.git('push', '-q', '--force', 'origin', 'evil')
    const number = await on.open(repository, ana, 'evil')
    const mergeOid = await on.land(repository, ana, number, { method: 'rebase' })
    await repository.git('fetch', '-q', 'origin')
    assert.equal(await repository.git('log', '-1', '--format=%B', mergeOid), 'Evil')
  })

  it('what is on the target already is left out, what was empty stays, and a conflict names its commit', async () => {
    const repository = await addProtected()
    await repository.push('shared', { shared: '1' }, 'main')
    const picked = await repository.git('rev-parse', 'HEAD')
    await repository.push('mine', { mine: '1' }, 'main')
    await repository.git('cherry-pick', '--allow-empty', picked)
    await repository.git('commit', '-q', '--allow-empty', '-m', 'Nothing in it')
    await repository.git('push', '-q', 'origin', 'mine')
    await repository.push('clash', { shared: 'other' }, 'main')
    const [shared, mine, clash] = [
      await on.open(repository, ana, 'shared'),
      await on.open(repository, ana, 'mine'),
      await on.open(repository, ana, 'clash'),
    ]
    await on.land(repository, ana, shared, { method: 'squash' })
    const base = await on.tip(repository)
    await on.land(repository, ana, mine, { method: 'rebase' })
    await repository.git('fetch', '-q', 'origin')
    assert.equal(await log(repository, `${base}..origin/main`, '%s'), 'Change mine\nNothing in it')
    await expectProblem(
      on.prepare(repository, ana, clash, { method: 'rebase' }),
      'conflicts',
      /The commit [0-9a-f]{10} \(“Change shared”\) conflicts with the target in shared\./,
    )
  })

  it('merges among the commits are not replayed', async () => {
    const repository = await addProtected()
    await repository.push('side', { side: '1' }, 'main')
    await repository.push('knot', { knot: '1' }, 'main')
    await repository.git('merge', '-q', '--no-edit', 'side')
    await repository.git('push', '-q', 'origin', 'knot')
    const number = await on.open(repository, ana, 'knot')
    await expectProblem(on.prepare(repository, ana, number, { method: 'rebase' }), 'has-merges', /merge or squash/)
    await on.setRule(repository, { ...anyMethod, linearHistory: true })
    await expectProblem(on.prepare(repository, ana, number, { method: 'fast-forward' }), 'not-straight')
    await expectProblem(on.prepare(repository, ana, number, { method: 'merge' }), 'method-refused', /straight line/)
    await on.land(repository, ana, number, { method: 'squash' })
  })

  it('a hundred commits are replayed at most', async () => {
    const repository = await addProtected()
    await repository.push('long', { long: '1' }, 'main')
    const hundred = '!for each in $(seq 100); do git commit -q --allow-empty -m "$each" || exit; done'
    await repository.git('-c', `alias.hundred=${hundred}`, 'hundred')
    await repository.git('push', '-q', 'origin', 'long')
    const number = await on.open(repository, ana, 'long')
    await expectProblem(
      on.prepare(repository, ana, number, { method: 'rebase' }),
      'too-many-commits',
      /There are 101 commits: at most 100 can be replayed/,
    )
  })

  it('a source that moved between tap and release, and the same seal for another method, land nothing', async () => {
    const repository = await addProtected()
    await repository.push('moving', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'moving')
    const base = await on.tip(repository)
    const forward = await ana.tap((await on.prepare(repository, ana, number, { method: 'fast-forward' })).sealRequestId)
    const rebased = await ana.tap((await on.prepare(repository, ana, number, { method: 'rebase' })).sealRequestId)
    const merged = await ana.tap((await on.prepare(repository, ana, number)).sealRequestId)
    for (const [sealId, method] of [
      [forward, 'rebase'],
      [forward, 'merge'],
      [rebased, 'fast-forward'],
      [rebased, 'squash'],
      [merged, 'rebase'],
      [merged, 'fast-forward'],
    ] as const)
      await expectProblem(on.release(repository, ana, number, sealId, { method }), 'seal-mismatch')
    await repository.push('moving', { a: 'evil' })
    await expectProblem(on.release(repository, ana, number, rebased, { method: 'rebase' }), 'head-moved')
    await expectProblem(on.release(repository, ana, number, forward, { method: 'fast-forward' }), 'head-moved')
    assert.equal(await on.tip(repository), base)
    await on.land(repository, ana, number, { method: 'rebase' })
  })

  it('the rule decides which ways there are, also when it changes after the tap', async () => {
    const repository = await addProtected()
    await repository.push('ways', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'ways')
    const tapped = await ana.tap((await on.prepare(repository, ana, number, { method: 'rebase' })).sealRequestId)
    await on.setRule(repository, { methods: ['squash'] })
    await expectProblem(
      on.prepare(repository, ana, number, { method: 'rebase' }),
      'method-refused',
      /allows only a squash/,
    )
    await expectProblem(on.release(repository, ana, number, tapped, { method: 'rebase' }), 'method-refused')
    await on.setRule(repository, { ...anyMethod, stockVerifiableOnly: true })
    for (const method of ['rebase', 'fast-forward'] as const)
      await expectProblem(on.prepare(repository, ana, number, { method }), 'method-refused', /stock git/)
    await on.setRule(repository, anyMethod)
    await on.release(repository, ana, number, tapped, { method: 'rebase' })
  })

  it('of a fast-forward and a merge at the same moment exactly one wins', async () => {
    const repository = await addProtected()
    await repository.push('red', { red: '1' }, 'main')
    await repository.push('blue', { blue: '2' }, 'main')
    const [red, blue] = [await on.open(repository, ana, 'red'), await on.open(repository, ana, 'blue')]
    const redSeal = await ana.tap((await on.prepare(repository, ana, red, { method: 'fast-forward' })).sealRequestId)
    await on.endLeases()
    const blueSeal = await bob.tap((await on.prepare(repository, bob, blue, { method: 'rebase' })).sealRequestId)
    const results = await Promise.allSettled([
      on.release(repository, ana, red, redSeal, { method: 'fast-forward' }),
      on.release(repository, bob, blue, blueSeal, { method: 'rebase' }),
    ])
    const won = results.filter((result) => result.status === 'fulfilled')
    const lost = results.filter((result) => result.status === 'rejected')
    assert.deepEqual([won.length, lost[0]?.reason.code], [1, 'base-moved'])
    assert.equal(await on.tip(repository), won[0]?.value.mergeOid)
  })

  it('killed between the two transactions, a rebase that was tapped for lands at the next start', async () => {
    for (const isMoved of [false, true]) {
      const repository = await addProtected()
      await repository.push('killed', { killed: '1' }, 'main')
      const number = await on.open(repository, ana, 'killed')
      const sealId = await ana.tap((await on.prepare(repository, ana, number, { method: 'rebase' })).sealRequestId)
      const row = await on.rowOf(repository, number)
      const question = { ...on.question(repository, ana, number, { method: 'rebase' }), sealId }
      const { base, tip, commit } = await checkRelease(fixture.parts, question, row)
      assert.equal(commit, null)
      await fixture.database.write(async (tx) => {
        const { seal } = await takeSeal(tx, {
          sealId,
          caller: ana.caller,
          policy: floorOnly,
          at: fixture.now(),
          isFor: () => true,
          question: { act: 'merge', place: null },
        })
        await prepareRefUpdates(tx, {
          repositoryId: row.repositoryId,
          moves: [{ ref: 'refs/heads/main', oldOid: base, newOid: tip }],
          actorId: ana.caller.id,
          method: `seal ${seal.id}`,
          strength: seal.strength,
          sealId: seal.id,
          pullRequestId: row.id,
          at: fixture.now(),
        })
      })
      if (isMoved)
        await fixture.git.run(['update-ref', 'refs/heads/main', tip, base], { repository: repository.place.folder })
      await reconcile({ ...fixture.parts, root: fixture.root, onDone: recordMerge })
      const after = await on.rowOf(repository, number)
      assert.deepEqual([after.state, after.mergeOid, await on.tip(repository)], ['merged', tip, tip], String(isMoved))
    }
  })
})
