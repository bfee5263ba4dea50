import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { RefUpdateTable } from '../database/schema.ts'
import type { Id } from '../database/id.ts'
import { ProblemError } from '../http/problem.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { listFiles } from '../repositories/append-files.ts'
import { reconcile } from '../repositories/reconcile.ts'
import { methodOf, moveRef, prepareRefUpdates } from '../repositories/ref-updates.ts'
import { readRef } from '../repositories/refs.ts'
import { parseTrailers, sealedCommit } from '../seals/format/commit.ts'
import { SEALS_REF, sealPath, SIGNERS_REF } from '../seals/format/projection.ts'
import { floorOnly } from '../policy/policy-testing.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { closePullRequest } from './change.ts'
import { followBranches } from './follow-branches.ts'
import { readMergeFiles, readMergePatch } from './merge-preview.ts'
import { merge } from './merge.ts'
import { openPullRequest } from './open.ts'
import { prepareMerge } from './prepare-merge.ts'
import { judged } from '../verifier/judged-testing.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'
import { recordMerge } from './record-merge.ts'
import type { MergeMethod } from './shapes.ts'
import { readPullRequest } from './view.ts'

describe('merging with a tap', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  before(async () => {
    fixture = await openPullRequests()
    ana = await fixture.addTapper('ana-lee')
    bob = await fixture.addTapper('bob')
  })
  after(() => fixture[Symbol.asyncDispose]())

  let made = 0
  const addProtected = (): Promise<Protected> => fixture.addProtected(`repository-${++made}`, ana)

  async function open(
    repository: Protected,
    branch: string,
    words: { title?: string; description?: string } = {},
  ): Promise<number> {
    const { title = `Add ${branch}`, description = '' } = words
    const wanted = { title, description, sourceBranch: branch, targetBranch: 'main' }
    return (await openPullRequest(fixture.parts, repository.place, ana.caller, wanted)).number
  }
  const question = ({ place }: Protected, person: Tapper, number: number, method: MergeMethod = 'merge') => ({
    place,
    caller: person.caller,
    number,
    method,
  })
  const prepare = (repository: Protected, person: Tapper, number: number, method?: MergeMethod) =>
    prepareMerge(fixture.parts, question(repository, person, number, method))
  const release = (repository: Protected, person: Tapper, number: number, sealId: string, method?: MergeMethod) =>
    merge(fixture.parts, { ...question(repository, person, number, method), sealId })
  const tip = ({ place }: Protected, ref = 'refs/heads/main'): Promise<string> =>
    readRef(fixture.git, place.folder, ref)
  const view = ({ place }: Protected, number: number, person: Tapper = ana) =>
    readPullRequest(fixture.parts, place, person.caller, number)

  async function expectProblem(work: Promise<unknown>, code: string): Promise<void> {
    await assert.rejects(work, (error) => {
      assert.ok(error instanceof ProblemError, String(error))
      assert.equal(error.code, code)
      return true
    })
  }
  /** Leases are a courtesy; two people who got past them still race for the ref. */
  const endLeases = () => fixture.database.write((tx) => tx.deleteFrom('branchLease').execute())

  async function deleteBranch(repository: Protected, ref: string): Promise<void> {
    const rows: RefUpdateTable[] = []
    await moveRef({
      ...fixture.parts,
      place: repository.place,
      door: 'delete',
      ref,
      oldOid: await tip(repository, ref),
      newOid: zeroOid,
      actor: bob.caller,
      method: methodOf(bob.caller),
      strength: bob.caller.strength,
      onDone: async (_tx, row) => void rows.push(row),
    })
    await followBranches(fixture.parts, repository.place, rows)
  }

  it('nobody hears of a merge before its proof can be read', async () => {
    const repository = await addProtected()
    await repository.push('heard', { 'heard.txt': 'a\n' }, 'main')
    const number = await open(repository, 'heard')
    const { sealRequestId } = await prepare(repository, ana, number)
    const sealId = await ana.tap(sealRequestId)
    const seen: [string, boolean][] = []
    const look = async () => {
      const { state } = await view(repository, number)
      const seal = await fixture.database.read
        .selectFrom('seal')
        .select('statementDigest')
        .where('id', '=', sealId as Id<'sea'>)
        .executeTakeFirstOrThrow()
      const files = await listFiles(fixture.git, repository.place.folder, SEALS_REF)
      seen.push([state, files.has(sealPath(seal.statementDigest))])
    }
    const parts = {
      ...fixture.parts,
      onMoved: async (...moved: Parameters<typeof fixture.parts.onMoved>) => {
        await look()
        await fixture.parts.onMoved(...moved)
        await look()
      },
      project: look,
    }
    await merge(parts, { ...question(repository, ana, number), sealId })
    assert.deepEqual(seen, [
      ['open', false],
      ['open', true],
      ['merged', true],
    ])
  })

  it('a merge is the exact commit that was tapped, and stock git verifies it', async () => {
    const repository = await addProtected()
    const base = await tip(repository)
    const head = await repository.push('feature', { 'a.txt': 'one\ntwo\n' }, 'main')
    const number = await open(repository, 'feature', { title: 'Add a', description: 'Because.' })
    const prepared = await prepare(repository, ana, number)
    assert.deepEqual([prepared.base, prepared.head, prepared.fileCount, prepared.additions], [base, head, 1, 2])
    assert.equal(prepared.facts.title, `Merge ${repository.place.path}#${number} into main`)
    const { mergeOid } = await release(repository, ana, number, await ana.tap(prepared.sealRequestId))

    assert.equal(await tip(repository), mergeOid)
    await repository.git('fetch', '-q', 'origin')
    assert.equal(
      await repository.git('rev-parse', `${mergeOid}^1`, `${mergeOid}^2`, `${mergeOid}^{tree}`),
      [base, head, prepared.tree].join('\n'),
    )
    const message = await repository.git('log', '-1', '--format=%B', mergeOid)
    assert.match(
      message,
      new RegExp(
        `^Merge pull request #${number}: Add a\n\nBecause\\.\n\nPostern-Repository: ${repository.place.repository.id}\n`,
      ),
    )
    const signers = join(repository.folder, '.git', 'allowed_signers')
    await repository.git('fetch', '-q', 'origin', 'refs/postern/signers')
    await writeFile(signers, `${await repository.git('show', 'FETCH_HEAD:allowed_signers')}\n`)
    const verified = await repository.git('-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', mergeOid)
    assert.match(verified, /Good "git" signature for ana-lee@localhost/)

    const after = await view(repository, number)
    assert.deepEqual(
      [after.state, after.mergeOid, after.baseOid, after.headOid, after.mergedBy?.username],
      ['merged', mergeOid, base, head, 'ana-lee'],
    )
    assert.deepEqual(
      [after.mergeProof?.state, after.mergeProof?.userVerified, after.mergeProof?.stockVerifiable],
      ['proven', true, true],
    )
    assert.deepEqual(
      after.timeline.map(({ sentence }) => sentence.split(' ').slice(0, 2).join(' ')),
      ['Ana-lee opened', 'Ana-lee merged'],
    )
    assert.equal(await tip(repository, `refs/pull/${number}/head`), head)
  })

  it('a squash is one commit on top of the base, by the author and committed by the signer', async () => {
    const repository = await addProtected()
    const base = await tip(repository)
    await repository.push('work', { one: '1' }, 'main')
    await repository.push('work', { two: '2' })
    const number = await open(repository, 'work')
    const { sealRequestId } = await prepare(repository, bob, number, 'squash')
    const { mergeOid } = await release(repository, bob, number, await bob.tap(sealRequestId), 'squash')
    await repository.git('fetch', '-q', 'origin')
    assert.equal(
      await repository.git('log', '-1', '--format=%P|%an|%ae|%cn|%ce|%s', mergeOid),
      `${base}|Ana-lee|ana-lee@localhost|Bob|bob@localhost|Add work (#${number})`,
    )
    assert.match(
      await repository.git('log', '-1', '--format=%b', mergeOid),
      /^\* Change one\n\* Change two\n\nPostern-/,
    )
  })

  it('a title and description full of trailers bring none of them in', async () => {
    const repository = await addProtected()
    await repository.push('evil', { evil: 'x' }, 'main')
    const forged = 'Postern-Ref: refs/heads/release'
    const number = await open(repository, 'evil', {
      title: forged,
      description: `Fine.\n\n${forged}\nPostern-Statement: sha256:${'0'.repeat(64)}\n`,
    })
    const { sealRequestId } = await prepare(repository, ana, number, 'squash')
    const { mergeOid } = await release(repository, ana, number, await ana.tap(sealRequestId), 'squash')
    await repository.git('fetch', '-q', 'origin')
    const message = await repository.git('log', '-1', '--format=%B', mergeOid)
    assert.equal(message.match(/^postern-/gim)?.length, 4)
    assert.equal(parseTrailers(`${message.trimEnd()}\n`)?.ref, 'refs/heads/main')
    assert.ok(!message.includes('refs/heads/release'))
  })

  it('nor do the messages of what is squashed: what they claim is no trailer of the commit', async () => {
    const repository = await addProtected()
    await repository.push('claims', { one: '1' }, 'main')
    const forged = ['Postern-Ref: refs/heads/release', 'Postern​-Statement: sha256:00']
    for (const line of forged)
      await repository.git('commit', '-q', '--allow-empty', '-m', `${line}\n\nWhy.\n\n${line}\nPostern-Repository: x`)
    await repository.git('push', '-q', 'origin', 'claims')
    const number = await open(repository, 'claims')
    const { sealRequestId } = await prepare(repository, ana, number, 'squash')
    const { mergeOid } = await release(repository, ana, number, await ana.tap(sealRequestId), 'squash')
    await repository.git('fetch', '-q', 'origin')
    const message = await repository.git('log', '-1', '--format=%B', mergeOid)
    assert.match(message, /^\* Change one$/m)
    assert.deepEqual(
      message.split('\n').filter((line) => /^[^a-z]*postern/i.test(line.normalize('NFKD').replace(/\p{Cf}/gu, ''))),
      [
        `Postern-Repository: ${repository.place.repository.id}`,
        'Postern-Ref: refs/heads/main',
        `Postern-Pull-Request: ${number}`,
        `Postern-Statement: ${parseTrailers(`${message.trimEnd()}\n`)?.statement}`,
      ],
    )
  })

  it('shows what the branch will become, and leaves nothing of the preview behind', async () => {
    const repository = await addProtected()
    await repository.push('ours', { 'shared.txt': 'base\n\n\n\n\n\nend\n' }, 'main')
    const first = await open(repository, 'ours')
    await release(repository, ana, first, await ana.tap((await prepare(repository, ana, first)).sealRequestId))
    await repository.git('pull', '-q', 'origin', 'main:main')
    await repository.push('left', { 'shared.txt': 'left\n\n\n\n\n\nend\n' }, 'main')
    await repository.push('right', { 'shared.txt': 'base\n\n\n\n\n\nright\n' }, 'main')
    const [left, right] = [await open(repository, 'left'), await open(repository, 'right')]
    await release(repository, ana, left, await ana.tap((await prepare(repository, ana, left)).sealRequestId))
    // The merged file is in neither branch: it exists in the preview alone.
    const { sealRequestId, tree } = await prepare(repository, ana, right)
    const asked = { ...question(repository, ana, right), sealRequestId }
    const files = await readMergeFiles(fixture.parts, asked)
    assert.deepEqual([files.fileCount, files.additions, files.deletions, files.to], [1, 1, 1, tree])
    const { patch } = await readMergePatch(fixture.parts, { ...asked, index: 0 })
    assert.match(patch ?? '', /-end\n\+right\n/)
    assert.equal(await fixture.git.objects(repository.place.folder).info(tree), undefined)
    assert.deepEqual(
      (await readdir(join(repository.place.folder, 'objects'))).filter((name) => name.startsWith('tmp_')),
      [],
    )
    await expectProblem(readMergeFiles(fixture.parts, { ...asked, caller: bob.caller }), 'not-found')
    await expectProblem(readMergeFiles(fixture.parts, { ...asked, number: left }), 'not-found')
  })

  it('names the files in conflict, and does not let them be merged', async () => {
    const repository = await addProtected()
    await repository.push('one', { 'README.md': 'one\n', 'odd\tname': '1\n' }, 'main')
    await repository.push('two', { 'README.md': 'two\n', 'odd\tname': '2\n' }, 'main')
    const [one, two] = [await open(repository, 'one'), await open(repository, 'two')]
    assert.equal((await view(repository, two)).mergeability.state, 'ready')
    await release(repository, ana, one, await ana.tap((await prepare(repository, ana, one)).sealRequestId))
    const { mergeability, can } = await view(repository, two)
    assert.deepEqual(
      [mergeability.state, mergeability.conflicts, can.merge],
      ['conflicts', ['README.md', 'odd\tname'], false],
    )
    await expectProblem(prepare(repository, ana, two), 'conflicts')
  })

  it('a head that moved after the tap is not merged, and a fresh tap is enough', async () => {
    const repository = await addProtected()
    const base = await tip(repository)
    await repository.push('moving', { a: '1' }, 'main')
    const number = await open(repository, 'moving')
    const sealId = await ana.tap((await prepare(repository, ana, number)).sealRequestId)
    const head = await repository.push('moving', { a: 'evil' })
    await expectProblem(release(repository, ana, number, sealId), 'head-moved')
    assert.equal(await tip(repository), base)
    assert.equal((await view(repository, number)).headOid, head)
    await release(repository, ana, number, await ana.tap((await prepare(repository, ana, number)).sealRequestId))
  })

  it('a base that moved after the tap is not merged over', async () => {
    const repository = await addProtected()
    await repository.push('first', { first: '1' }, 'main')
    await repository.push('second', { second: '2' }, 'main')
    const [one, two] = [await open(repository, 'first'), await open(repository, 'second')]
    const sealId = await ana.tap((await prepare(repository, ana, one)).sealRequestId)
    await endLeases()
    await release(repository, bob, two, await bob.tap((await prepare(repository, bob, two)).sealRequestId))
    const moved = await tip(repository)
    await expectProblem(release(repository, ana, one, sealId), 'base-moved')
    assert.equal(await tip(repository), moved)
  })

  it('of two merges at the same moment exactly one wins, and the other says what to do', async () => {
    const repository = await addProtected()
    await repository.push('red', { red: '1' }, 'main')
    await repository.push('blue', { blue: '2' }, 'main')
    const [red, blue] = [await open(repository, 'red'), await open(repository, 'blue')]
    const redSeal = await ana.tap((await prepare(repository, ana, red)).sealRequestId)
    await endLeases()
    const blueSeal = await bob.tap((await prepare(repository, bob, blue)).sealRequestId)
    const results = await Promise.allSettled([
      release(repository, ana, red, redSeal),
      release(repository, bob, blue, blueSeal),
    ])
    const [won, lost] = [
      results.filter((result) => result.status === 'fulfilled'),
      results.filter((result) => result.status === 'rejected'),
    ]
    assert.deepEqual([won.length, lost.length, lost[0]?.reason.code, lost[0]?.reason.status], [1, 1, 'base-moved', 409])
    assert.equal(await tip(repository), won[0]?.value.mergeOid)
    const loser = won[0]?.value.number === red ? blue : red
    assert.equal((await view(repository, loser)).mergeability.state, 'ready')
    assert.deepEqual(
      await fixture.database.read.selectFrom('refUpdate').select('id').where('state', '=', 'prepared').execute(),
      [],
    )
  })

  it('the same pull request is merged once, and the lost answer can be asked for again', async () => {
    const repository = await addProtected()
    await repository.push('once', { once: '1' }, 'main')
    const number = await open(repository, 'once')
    const anaSeal = await ana.tap((await prepare(repository, ana, number)).sealRequestId)
    await endLeases()
    const bobSeal = await bob.tap((await prepare(repository, bob, number, 'squash')).sealRequestId)
    const done = await release(repository, ana, number, anaSeal)
    assert.deepEqual(await release(repository, ana, number, anaSeal), done)
    await expectProblem(release(repository, bob, number, bobSeal, 'squash'), 'already-merged')
    await expectProblem(release(repository, bob, number, anaSeal), 'already-merged')
    await expectProblem(prepare(repository, bob, number), 'already-merged')
    const seal = await fixture.database.read
      .selectFrom('seal')
      .select('consumedAt')
      .where('id', '=', bobSeal as never)
      .executeTakeFirst()
    assert.equal(seal?.consumedAt, null)
  })

  it('a merge that races a push to an unprotected branch loses nothing', async () => {
    const repository = await addProtected()
    await repository.push('develop', { develop: '1' }, 'main')
    await repository.push('topic', { topic: '1' }, 'main')
    const wanted = { title: 'Topic', description: '', sourceBranch: 'topic', targetBranch: 'develop' }
    const { number } = await openPullRequest(fixture.parts, repository.place, ana.caller, wanted)
    const prepared = await prepare(repository, ana, number)
    assert.match(prepared.facts.warnings.join(), /not a protected branch/)
    const sealId = await ana.tap(prepared.sealRequestId)
    const pushed = await repository.push('develop', { develop: '2' })
    await expectProblem(release(repository, ana, number, sealId), 'base-moved')
    assert.equal(await tip(repository, 'refs/heads/develop'), pushed)
    const again = await release(
      repository,
      ana,
      number,
      await ana.tap((await prepare(repository, ana, number)).sealRequestId),
    )
    assert.equal(await tip(repository, 'refs/heads/develop'), again.mergeOid)
  })

  it('of a merge and a push at the same moment one wins, and the other says so', async () => {
    const repository = await addProtected()
    await repository.push('develop', { develop: '1' }, 'main')
    await repository.push('topic', { topic: '1' }, 'main')
    const wanted = { title: 'Topic', description: '', sourceBranch: 'topic', targetBranch: 'develop' }
    const { number } = await openPullRequest(fixture.parts, repository.place, ana.caller, wanted)
    const sealId = await ana.tap((await prepare(repository, ana, number)).sealRequestId)
    await repository.git('checkout', '-q', 'develop')
    await repository.git('commit', '-q', '--allow-empty', '-m', 'Beside it')
    const pushed = await repository.git('rev-parse', 'HEAD')
    const [push, merged] = await Promise.allSettled([
      repository.git('push', '-q', 'origin', 'develop'),
      release(repository, ana, number, sealId),
    ])
    if (merged.status === 'fulfilled') {
      const said = push.status === 'rejected' ? String(push.reason) : ''
      assert.match(said, /remote: develop moved while you pushed\. Fetch, look at what came|\(fetch first\)/)
      assert.equal(await tip(repository, 'refs/heads/develop'), merged.value.mergeOid)
    } else {
      assert.deepEqual([push.status, merged.reason.code], ['fulfilled', 'base-moved'])
      assert.equal(await tip(repository, 'refs/heads/develop'), pushed)
    }
    assert.equal((await view(repository, number)).state, merged.status === 'fulfilled' ? 'merged' : 'open')
  })

  it('a tap stands for its own person, method, pull request and repository alone', async () => {
    const repository = await addProtected()
    const other = await addProtected()
    for (const [each, branch] of [
      [repository, 'x'],
      [repository, 'y'],
      [other, 'x'],
    ] as const)
      await each.push(branch, { [branch]: '1' }, 'main')
    const [x, y, foreign] = [await open(repository, 'x'), await open(repository, 'y'), await open(other, 'x')]
    const sealId = await ana.tap((await prepare(repository, ana, x)).sealRequestId)
    await expectProblem(release(repository, bob, x, sealId), 'seal-spent')
    await expectProblem(release(repository, ana, x, sealId, 'squash'), 'seal-mismatch')
    await expectProblem(release(repository, ana, y, sealId), 'seal-mismatch')
    await expectProblem(release(other, ana, foreign, sealId), 'seal-mismatch')
    await expectProblem(release(repository, ana, x, 'sea_nothing'), 'seal-spent')
    await release(repository, ana, x, sealId)
  })

  it('an ended key, a closed pull request and a vanished source release nothing', async () => {
    const repository = await addProtected()
    const eve = await fixture.addTapper(`eve-${made}`)
    await repository.push('keyed', { keyed: '1' }, 'main')
    const number = await open(repository, 'keyed')
    const eveSeal = await eve.tap((await prepare(repository, eve, number)).sealRequestId)
    await fixture.database.write((tx) =>
      tx.updateTable('credentialRecord').set({ endedAt: 1 }).where('userId', '=', eve.caller.id).execute(),
    )
    await expectProblem(release(repository, eve, number, eveSeal), 'credential-ended')
    await endLeases()
    const sealId = await ana.tap((await prepare(repository, ana, number)).sealRequestId)
    await closePullRequest(fixture.parts, { place: repository.place, caller: bob.caller, number })
    await expectProblem(release(repository, ana, number, sealId), 'closed')

    await repository.push('vanishing', { vanishing: '1' }, 'main')
    const gone = await open(repository, 'vanishing')
    const goneSeal = await ana.tap((await prepare(repository, ana, gone)).sealRequestId)
    await deleteBranch(repository, 'refs/heads/vanishing')
    await expectProblem(release(repository, ana, gone, goneSeal), 'source-missing')
    const seen = await view(repository, gone)
    assert.equal(seen.mergeability.state, 'source-missing')
    assert.equal(await tip(repository, `refs/pull/${gone}/head`), seen.headOid)

    // Let in with a role that is gone when the merge has been worked out.
    const kim = await fixture.addTapper(`kim-${made}`, 'member')
    await repository.push('late', { late: '1' }, 'main')
    const late = await open(repository, 'late')
    const before = await tip(repository)
    await endLeases()
    const kimSeal = await kim.tap((await prepare(repository, kim, late)).sealRequestId)
    await expectProblem(release(repository, kim, late, kimSeal), 'access-ended')
    assert.equal(await tip(repository), before)
    const refused = (await fixture.events()).filter(({ action }) => action === 'merge.refused').slice(-4)
    assert.deepEqual(
      refused.map(({ facts }) => facts['reason']),
      ['credential-ended', 'closed', 'source-missing', 'access-ended'],
    )
  })

  it('while one person is about to tap, others see who it is', async () => {
    const repository = await addProtected()
    await repository.push('held', { held: '1' }, 'main')
    const number = await open(repository, 'held')
    await prepare(repository, ana, number)
    const held = await view(repository, number, bob)
    assert.deepEqual([held.mergeability.heldBy?.username, held.can.merge], ['ana-lee', true])
    assert.equal((await view(repository, number, ana)).mergeability.heldBy, null)
    await expectProblem(prepare(repository, bob, number), 'branch-held')
    await prepare(repository, ana, number)
    for (let second = 0; second < 60; second++) fixture.now()
    await prepare(repository, bob, number)
  })

  it('nobody keeps others from a branch for longer than a minute, by renewing, by landing, nor by taking turns', async () => {
    const repository = await addProtected()
    const cat = await fixture.addTapper('cat', 'admin')
    for (const name of ['kept', 'mine']) await repository.push(name, { [name]: '1' }, 'main')
    const number = await open(repository, 'kept')
    const mine = await open(repository, 'mine')
    const seconds = (count: number): void => {
      for (let second = 0; second < count; second++) fixture.now()
    }
    await prepare(repository, ana, number)
    await expectProblem(prepare(repository, cat, number), 'branch-held')
    await release(repository, ana, mine, await ana.tap((await prepare(repository, ana, mine)).sealRequestId))
    await prepare(repository, bob, number)
    await expectProblem(prepare(repository, cat, number), 'branch-held')
    seconds(60)
    await prepare(repository, bob, number)
    await prepare(repository, cat, number)
    assert.equal((await view(repository, number, bob)).mergeability.heldBy?.username, 'cat')
    // And who was put aside so waits as well.
    await expectProblem(prepare(repository, bob, number), 'branch-held')
  })

  it('a key that stock git cannot check is refused before the tap', async () => {
    const repository = await addProtected()
    const ed = await fixture.addTapper('ed', 'admin', { algorithms: [-8] })
    await repository.push('ed25519', { ed: '1' }, 'main')
    const number = await open(repository, 'ed25519')
    const { mergeability } = await view(repository, number, ed)
    const key = mergeability.checks.at(-1)
    assert.deepEqual([mergeability.state, key?.isMet, key?.needs], ['not-allowed', false, 'key'])
    assert.match(key?.help ?? '', /^This branch takes only keys whose signature stock git can check .* or add one\.$/)
    await assert.rejects(ed.tap((await prepare(repository, ed, number)).sealRequestId), { status: 403 })
  })

  it('where the branch allows it, such a key merges by its raw response: stock git knows no signature, the verifier does', async () => {
    await fixture.addTapper('ria', 'owner')
    for (const [algorithm, method] of [
      [-8, 'merge'],
      [-257, 'squash'],
    ] as const) {
      const repository = await addProtected()
      const eddy = await fixture.addTapper(`eddy${algorithm}`, 'admin', { algorithms: [algorithm] })
      await fixture.database.write((tx) =>
        tx
          .updateTable('protectedBranch')
          .set({ stockVerifiableOnly: 0 })
          .where('repositoryId', '=', repository.place.repository.id)
          .execute(),
      )
      await repository.push('raw', { raw: '1' }, 'main')
      const number = await open(repository, 'raw')
      const { sealRequestId } = await prepare(repository, eddy, number, method)
      const { mergeOid } = await release(repository, eddy, number, await eddy.tap(sealRequestId), method)
      await repository.git('fetch', '-q', 'origin')
      assert.doesNotMatch(await repository.git('cat-file', 'commit', mergeOid), /gpgsig/)
      const { mergeProof } = await view(repository, number)
      assert.deepEqual([mergeProof?.state, mergeProof?.stockVerifiable], ['proven', false])
      const report = await judged(`file://${repository.place.folder}`)
      const [change] = report.changes
      assert.deepEqual([report.exitCode, change?.oid, change?.state], [0, mergeOid, 'proven'])
    }
  })

  it('a server killed between its two transactions finishes the merge at its next start', async () => {
    for (const killed of ['before git moved the ref', 'after git moved the ref'] as const) {
      const repository = await addProtected()
      const { folder, repository: row } = repository.place
      await repository.push('killed', { killed: '1' }, 'main')
      const number = await open(repository, 'killed')
      const prepared = await prepare(repository, ana, number)
      const sealId = await ana.tap(prepared.sealRequestId)
      // What `merge` does up to the moment of the kill.
      await fixture.git.run(['merge-tree', '--write-tree', prepared.base, prepared.head], { repository: folder })
      const pullRequest = await fixture.database.read
        .selectFrom('pullRequest')
        .select('id')
        .where('repositoryId', '=', row.id)
        .executeTakeFirstOrThrow()
      const { newOid } = await fixture.database.write(async (tx) => {
        const { seal } = await takeSeal(tx, {
          sealId,
          caller: ana.caller,
          policy: floorOnly,
          question: { act: 'merge', place: null },
          at: fixture.now(),
          isFor: () => true,
        })
        const commit = sealedCommit(Buffer.from(seal.message, 'base64'), seal.armored)
        const oid = hash('sha1', Buffer.concat([Buffer.from(`commit ${commit.length}\0`), commit]))
        const [update] = await prepareRefUpdates(tx, {
          repositoryId: row.id,
          moves: [{ ref: 'refs/heads/main', oldOid: prepared.base, newOid: oid }],
          actorId: ana.caller.id,
          method: `seal ${seal.id}`,
          strength: seal.strength,
          sealId: seal.id,
          pullRequestId: pullRequest.id,
          commitBytes: commit,
          at: fixture.now(),
        })
        assert.ok(update)
        if (killed.startsWith('after')) {
          await fixture.git.run(['hash-object', '-w', '-t', 'commit', '--stdin'], { repository: folder, input: commit })
          await fixture.git.run(['update-ref', 'refs/heads/main', oid, prepared.base], { repository: folder })
        }
        return update
      })
      await reconcile({ ...fixture.parts, root: fixture.root, onDone: recordMerge })
      const after = await view(repository, number)
      assert.deepEqual([after.state, after.mergeOid, await tip(repository)], ['merged', newOid, newOid], killed)
      assert.equal(after.mergeProof?.state, 'proven')
    }
  })

  it('attributes that were pushed do not choose how files are merged', async () => {
    const repository = await addProtected()
    await repository.push('attributes', { '.gitattributes': '* merge=union\n' }, 'main')
    const first = await open(repository, 'attributes')
    await release(repository, ana, first, await ana.tap((await prepare(repository, ana, first)).sealRequestId))
    await repository.git('pull', '-q', 'origin', 'main:main')
    await repository.push('up', { 'README.md': 'up\n' }, 'main')
    await repository.push('down', { 'README.md': 'down\n' }, 'main')
    const [up, down] = [await open(repository, 'up'), await open(repository, 'down')]
    await release(repository, ana, up, await ana.tap((await prepare(repository, ana, up)).sealRequestId))
    assert.equal((await view(repository, down)).mergeability.state, 'conflicts')
  })

  it('no name of a signer, and no line of a description, keeps a merge from landing or from being proven', async () => {
    const repository = await addProtected()
    await repository.push('names', { names: '1' }, 'main')
    const lure = ['Merged past the rule of main: nothing was in the way', '', 'More.'].join('\n')
    const number = await open(repository, 'names', { description: `\u0001${lure}` })
    // What a directory may say: a line separator, and as many characters as an account name there may have.
    const displayName = `Bo\u2028b ${'b'.repeat(256)}`
    const [{ displayName: former }, { id }] = [bob.caller, bob.caller]
    const rename = (name: string) =>
      fixture.database.write((tx) => tx.updateTable('user').set({ displayName: name }).where('id', '=', id).execute())
    await rename(displayName)
    const renamed = { ...bob, caller: { ...bob.caller, displayName } }
    await release(
      repository,
      renamed,
      number,
      await bob.tap((await prepare(repository, renamed, number)).sealRequestId),
    )
    const { state, mergeProof, bypass } = await view(repository, number)
    assert.deepEqual([state, mergeProof?.state, bypass], ['merged', 'proven', null])
    // Who sealed is in the repository too, for every clone.
    const files = await listFiles(fixture.git, repository.place.folder, SIGNERS_REF)
    assert.ok([...files.keys()].some((path) => path.startsWith('signers/')))
    await rename(former)
  })

  it('histories without a common commit are not merged', async () => {
    const repository = await addProtected()
    await repository.git('checkout', '-q', '--orphan', 'island')
    await repository.git('commit', '-q', '-m', 'Island')
    await repository.git('push', '-q', 'origin', 'island')
    const number = await open(repository, 'island')
    assert.equal((await view(repository, number)).mergeability.state, 'not-allowed')
    await assert.rejects(prepare(repository, ana, number), ({ code, message, details }: ProblemError) => {
      assert.deepEqual([code, message], ['unrelated', 'The two branches share no history.'])
      assert.equal(details.help, 'Base your work on main and push it again.')
      return true
    })
  })
})
