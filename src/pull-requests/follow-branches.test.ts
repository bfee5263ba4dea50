import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { methodOf, moveRef } from '../repositories/ref-updates.ts'
import { closePullRequest, reopenPullRequest } from './change.ts'
import { followBranches } from './follow-branches.ts'
import { type landingIn, openLanding } from './landing-testing.ts'
import { openPullRequest } from './open.ts'
import type { Protected, PullRequestFixture, Tapper } from './pull-request-testing.ts'
import { getPullRequest } from './records.ts'

describe('a branch that moves under a pull request', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let on: ReturnType<typeof landingIn>
  let addProtected: () => Promise<Protected>
  before(async () => {
    ;({ fixture, ana, bob, on, addProtected } = await openLanding())
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('the record of a push to a pull request says with what its pusher came in', async () => {
    const repository = await addProtected()
    await repository.push('built', { built: '1' }, 'main')
    await on.open(repository, ana, 'built')
    await repository.push('later', { built: '2' }, 'built')
    const [ref, newOid] = ['refs/heads/built', await on.tip(repository, 'refs/heads/later')]
    const by = { actor: bob.caller, method: 'deploy-key dpk_1', strength: bob.caller.strength } as const
    const oldOid = await on.tip(repository, ref)
    await moveRef({ ...fixture.parts, ...by, place: repository.place, door: 'push', ref, oldOid, newOid })
    await followBranches(fixture.parts, repository.place, [{ ...by, ref, actorId: bob.caller.id }])
    const { method } = await fixture.database.read
      .selectFrom('auditEvent')
      .select('method')
      .where('action', '=', 'pull-request.pushed')
      .where('repositoryId', '=', repository.place.repository.id)
      .executeTakeFirstOrThrow()
    assert.equal(method, 'deploy-key')
  })

  it('a pull request has the head of its branch, however pushes and what is done with it cross', async () => {
    const repository = await addProtected()
    const { place } = repository
    const ref = 'refs/heads/crossed'
    await repository.push('crossed', { crossed: '1' }, 'main')
    /** Somebody pushes between the look at the branch and the transaction. */
    const crossedBy = (text: string): typeof fixture.parts => {
      let isPushed = false
      const write: typeof fixture.database.write = async (work) => {
        if (!isPushed) await repository.push('crossed', { crossed: text })
        isPushed = true
        return fixture.database.write(work)
      }
      return { ...fixture.parts, database: { ...fixture.database, write } }
    }
    const wanted = { title: 'Cross', description: '', sourceBranch: 'crossed', targetBranch: 'main' }
    const { number } = await openPullRequest(crossedBy('2'), place, ana.caller, wanted)
    async function expectHead(): Promise<void> {
      const { headOid } = await getPullRequest(fixture.database.read, place.repository.id, number)
      const head = await on.tip(repository, ref)
      assert.deepEqual([headOid, await on.tip(repository, `refs/pull/${number}/head`)], [head, head])
    }
    await expectHead()

    const spare = await repository.push('spare', { crossed: '3' }, 'crossed')
    await fixture.git.run(['update-ref', ref, spare], { repository: place.folder })
    await repository.git('branch', '-f', 'crossed', 'spare')
    const by = { ref, actorId: bob.caller.id, method: methodOf(bob.caller), strength: bob.caller.strength }
    await followBranches(crossedBy('4'), place, [by])
    await expectHead()

    await closePullRequest(fixture.parts, { place, caller: ana.caller, number })
    await reopenPullRequest(crossedBy('5'), { place, caller: ana.caller, number })
    await expectHead()
  })
})
