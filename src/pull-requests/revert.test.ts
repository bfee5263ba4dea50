import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { compiled, floorOnly, rule } from '../policy/policy-testing.ts'
import { expectProblem, type landingIn, openLanding } from './landing-testing.ts'
import type { Protected, PullRequestFixture, Tapper } from './pull-request-testing.ts'
import { revertPullRequest } from './revert.ts'
import type { MergeMethod } from './shapes.ts'
import { readPullRequest } from './view.ts'

describe('taking back what was merged', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let on: ReturnType<typeof landingIn>
  let addProtected: () => Promise<Protected>
  before(async () => {
    ;({ fixture, ana, bob, on, addProtected } = await openLanding())
  })
  after(() => fixture[Symbol.asyncDispose]())
  const revert = ({ place }: Protected, number: number, by = bob): Promise<number> =>
    revertPullRequest(fixture.parts, { place, caller: by.caller, number })
  const treeOf = async (repository: Protected, ref: string): Promise<string> => {
    await repository.git('fetch', '-q', 'origin')
    return repository.git('rev-parse', `origin/${ref}^{tree}`)
  }

  for (const method of ['merge', 'rebase'] satisfies MergeMethod[])
    it(`by ${method}: all its commits at once, and nothing that came later`, async () => {
      const repository = await addProtected()
      await repository.push('feature', { a: '1', 'README.md': '# Hello you\n' }, 'main')
      await repository.push('feature', { b: '2' })
      const number = await on.open(repository, ana, 'feature', { title: 'Greet “you”' })
      const base = await on.tip(repository)
      const mergeOid = await on.land(repository, ana, number, { method })
      await repository.git('fetch', '-q', 'origin')
      await repository.push('later', { c: '3' }, 'origin/main')
      const tip = await on.land(repository, ana, await on.open(repository, ana, 'later'))

      const proposed = await revert(repository, number)
      assert.equal(await on.tip(repository), tip, 'nothing is taken back before that is merged')
      const view = await readPullRequest(fixture.parts, repository.place, bob.caller, proposed)
      assert.deepEqual(
        [view.title, view.sourceBranch, view.targetBranch, view.state, view.author.username, view.mergeability.state],
        ['Revert "Greet “you”"', `revert-${number}`, 'main', 'open', 'bob', 'ready'],
      )
      assert.match(view.description, new RegExp(`#${number} `))
      assert.deepEqual([view.can.revert, view.commitCount], [false, 1])
      await repository.git('fetch', '-q', 'origin')
      assert.equal(
        await repository.git('log', '-1', '--format=%an|%ae|%cn|%P|%B', `origin/revert-${number}`),
        `Bob|bob@localhost|Bob|${tip}|Revert "Greet “you”" (#${number})\n\nThis reverts commit ${mergeOid}, reversing\nchanges made to ${base}.`,
      )
      await on.land(repository, ana, proposed)
      await repository.git('fetch', '-q', 'origin')
      assert.deepEqual((await repository.git('ls-tree', '--name-only', 'origin/main')).split('\n'), ['README.md', 'c'])
      assert.equal(await repository.git('show', 'origin/main:README.md'), '# Hello')
      // And that back again.
      const again = await revert(repository, proposed)
      await on.land(repository, ana, again)
      assert.equal(await treeOf(repository, 'main'), await repository.git('rev-parse', `${tip}^{tree}`))
    })

  it('is proposed once, however often it is asked for, and anew once that was closed or merged', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await expectProblem(revert(repository, number), 'not-merged', /Close it/)
    await on.land(repository, ana, number)
    const proposed = await revert(repository, number)
    assert.equal(await revert(repository, number, ana), proposed)
    await on.land(repository, ana, proposed)
    await expectProblem(revert(repository, number), 'nothing-to-merge', /taken back already/)
    // Its branch is still there.
    await on.land(repository, ana, await revert(repository, proposed))
    const second = await revert(repository, number)
    const view = await readPullRequest(fixture.parts, repository.place, bob.caller, second)
    assert.equal(view.sourceBranch, `revert-${number}-2`)
    assert.equal(await revert(repository, number), second)
  })

  it('is proposed once where two press at the same moment, or four', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await on.land(repository, ana, number)
    const proposed = await Promise.all([bob, ana, bob, ana].map((by) => revert(repository, number, by)))
    assert.equal(new Set(proposed).size, 1, proposed.join())
    const branches = await repository.git('ls-remote', 'origin', 'refs/heads/revert-*')
    assert.equal(branches.split('\n').length, 1, branches)
    assert.match(
      (await readPullRequest(fixture.parts, repository.place, bob.caller, proposed[0] ?? 0)).title,
      /^Revert/,
    )
  })

  it('goes on where the server fell before it was proposed', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await on.land(repository, ana, number)
    const { database } = fixture.parts
    let writes = 0
    // The branch is prepared, and done: two.
    const write: typeof database.write = (work) =>
      ++writes > 2 ? Promise.reject(new Error('cut off')) : database.write(work)
    const cutOff = { ...fixture.parts, database: { ...database, write } }
    const asked = { place: repository.place, caller: bob.caller, number }
    await assert.rejects(revertPullRequest(cutOff, asked), /cut off/)
    const proposed = await revert(repository, number)
    const { sourceBranch, author } = await readPullRequest(fixture.parts, repository.place, bob.caller, proposed)
    assert.deepEqual([sourceBranch, author.username], [`revert-${number}`, 'bob'])
  })

  it('is never what somebody else pushed under its name, before or after', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await on.land(repository, ana, number)
    await repository.git('fetch', '-q', 'origin')
    await repository.push(`revert-${number}`, { door: 'back' }, 'origin/main')
    const posed = await on.open(repository, ana, `revert-${number}`, { title: 'Revert "Add feature"' })
    const proposed = await revert(repository, number)
    assert.notEqual(proposed, posed)
    const view = () => readPullRequest(fixture.parts, repository.place, bob.caller, proposed)
    const { sourceBranch } = await view()
    assert.equal(sourceBranch, `revert-${number}-2`)
    await repository.git('fetch', '-q', 'origin')
    await repository.push(sourceBranch, { door: 'back' }, `origin/${sourceBranch}`)
    assert.equal((await view()).commitCount, 2)
    assert.notEqual(await revert(repository, number), proposed)
  })

  it('names the files that came to differ since', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1', b: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await on.land(repository, ana, number)
    await repository.git('fetch', '-q', 'origin')
    await repository.push('later', { a: '2' }, 'origin/main')
    await on.land(repository, ana, await on.open(repository, ana, 'later'))
    await expectProblem(revert(repository, number), 'conflicts', /same lines in a\. .*git revert/)
    assert.equal(await on.tip(repository, `refs/heads/revert-${number}`), '0'.repeat(40), 'nothing was made')
    // A branch without a rule was given another history, and git has cleared up after it since.
    await fixture.database.write((tx) =>
      tx
        .updateTable('pullRequest')
        .set({ baseOid: 'f'.repeat(40) })
        .where('repositoryId', '=', repository.place.repository.id)
        .where('number', '=', number)
        .execute(),
    )
    await expectProblem(revert(repository, number), 'history-gone', /another history/)
  })

  it('is a push, and asks what guardrails ask of one', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const number = await on.open(repository, ana, 'feature')
    await on.land(repository, ana, number)
    const strict = { current: () => compiled(rule({ does: ['push'], requires: { strength: 'attested' } })) }
    const { place } = repository
    const asked = { place, caller: bob.caller, number }
    await expectProblem(revertPullRequest({ ...fixture.parts, policy: strict }, asked), 'not-allowed', /A rule/)
    // The rule came between the first look and the transaction.
    let looks = 0
    const late = { current: () => (looks++ === 0 ? floorOnly : strict).current() }
    await expectProblem(revertPullRequest({ ...fixture.parts, policy: late }, asked), 'not-allowed', /A rule/)
    // An administrator who is none any more by then.
    const kim = await fixture.addTapper('kim')
    await fixture.database.write((tx) =>
      tx.updateTable('user').set({ role: 'member' }).where('id', '=', kim.caller.id).execute(),
    )
    await expectProblem(revert(repository, number, kim), 'access-ended')
    assert.equal(await on.tip(repository, `refs/heads/revert-${number}`), '0'.repeat(40))
  })

  it('claims nothing by the words of what it takes back', async () => {
    const repository = await addProtected()
    await repository.push('feature', { a: '1' }, 'main')
    const title = `Postern-Seal: \u202e${'😀'.repeat(240)}`
    const number = await on.open(repository, ana, 'feature', { title: title.slice(0, 249) })
    await on.land(repository, ana, number)
    const proposed = await revert(repository, number)
    await repository.git('fetch', '-q', 'origin')
    const message = await repository.git('log', '-1', '--format=%B', `origin/revert-${number}`)
    assert.match(message, /^Revert "Postern-Seal: [^\u202e]*…?" \(#\d+\)\n\nThis reverts/)
    assert.equal(await repository.git('log', '-1', '--format=%(trailers)', `origin/revert-${number}`), '')
    await on.land(repository, ana, proposed)
  })
})
