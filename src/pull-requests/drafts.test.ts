import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { followEvents } from '../audit/follow-events.ts'
import type { Database } from '../database/handles.ts'
import { switchOn } from './auto-merge.ts'
import { followAutoMerge } from './auto-merge-follow.ts'
import { createAutoMerge } from './auto-merge-asking.ts'
import { closePullRequest, editPullRequest, reopenPullRequest } from './change.ts'
import { expectProblem, openLanding } from './landing-testing.ts'
import { listMyPullRequests, listPullRequests, listWaitingForMe } from './list.ts'
import { openPullRequest } from './open.ts'
import type { Protected, Tapper } from './pull-request-testing.ts'
import { requestReviewers } from './review/reviewers.ts'
import { readPullRequest } from './view.ts'

describe('a draft', () => {
  let landing: Awaited<ReturnType<typeof openLanding>>
  before(async () => {
    landing = await openLanding()
    const { database } = landing.fixture
    Object.assign(landing.fixture.parts, { database: followEvents(database, followAutoMerge) })
  })
  after(() => landing.fixture[Symbol.asyncDispose]())

  const whichOf = ({ place }: Protected, { caller }: Tapper, number: number) => ({ place, caller, number })
  async function propose({ isDraft }: { isDraft: boolean }): Promise<{ repository: Protected; number: number }> {
    const repository = await landing.addProtected()
    await repository.push('work', { work: '1' }, 'main')
    const wanted = { title: 'Work', description: '', sourceBranch: 'work', targetBranch: 'main', isDraft }
    const { number } = await openPullRequest(landing.fixture.parts, repository.place, landing.bob.caller, wanted)
    return { repository, number }
  }
  const set = (repository: Protected, number: number, isDraft: boolean, by = landing.ana) =>
    editPullRequest(landing.fixture.parts, whichOf(repository, by, number), { isDraft })
  const look = (repository: Protected, person: Tapper, number: number) =>
    readPullRequest(landing.fixture.parts, repository.place, person.caller, number)
  async function eventsOf({ place }: Protected): Promise<string[]> {
    const rows = await landing.fixture.database.read
      .selectFrom('auditEvent')
      .select(['action', 'leaf'])
      .where('repositoryId', '=', place.repository.id)
      .where((event) => event.or([event('action', 'like', 'pull-request.%'), event('action', 'like', 'review.%')]))
      .orderBy('occurredAt')
      .orderBy('id')
      .execute()
    return rows.map(({ action, leaf }) => {
      const { facts } = JSON.parse(leaf) as { facts: Record<string, string> }
      return [action, facts['draft'] && 'draft', facts['reviewer']].filter(Boolean).join(' ')
    })
  }
  const stateOf = async (id: string) =>
    (
      await landing.fixture.database.read
        .selectFrom('sealRequest')
        .select('state')
        .where('id', '=', id as never)
        .executeTakeFirst()
    )?.state

  it('is merged by nobody, in no way, until it is ready', async () => {
    const { on, ana, fixture } = landing
    const { repository, number } = await propose({ isDraft: true })
    for (const method of ['merge', 'squash', 'rebase', 'fast-forward'] as const)
      await expectProblem(on.prepare(repository, ana, number, { method }), 'draft', /ready for review/)
    await on.setRule(repository, { approvals: 1, bypass: ['repository-role:admin'] })
    const bypass = { reason: 'The service is down since noon.' }
    await expectProblem(on.prepare(repository, ana, number, { bypass }), 'draft')
    await on.setRule(repository, {})
    await expectProblem(switchOn(fixture.parts, whichOf(repository, ana, number), 'merge'), 'draft')
    const view = await look(repository, ana, number)
    assert.deepEqual(
      [view.isDraft, view.mergeability.state, view.can.merge, view.can.autoMerge],
      [true, 'draft', false, false],
    )
    assert.notEqual(view.can.bypassRefusal, null)
    assert.deepEqual(
      view.mergeability.checks.filter(({ isMet }) => !isMet).map(({ label }) => label),
      ['Ready for review'],
    )
    await set(repository, number, false)
    assert.equal((await look(repository, ana, number)).mergeability.state, 'ready')
    await on.land(repository, ana, number)
    assert.deepEqual(await eventsOf(repository), [
      'pull-request.opened draft',
      'pull-request.ready',
      'pull-request.merged',
    ])
  })

  it('ends what waits for a tap, and leaves what waits for another alone', async () => {
    const { on, ana, bob } = landing
    const { repository, number } = await propose({ isDraft: false })
    await repository.push('other', { other: '1' }, 'main')
    const other = await on.open(repository, bob, 'other')
    const { sealRequestId } = await on.prepare(repository, ana, number)
    const { sealRequestId: ofOther } = await on.prepare(repository, ana, other)
    await set(repository, number, true, bob)
    assert.deepEqual([await stateOf(sealRequestId), await stateOf(ofOther)], ['withdrawn', 'open'])
    await expectProblem(ana.tap(sealRequestId), 'withdrawn')
    await on.release(repository, ana, other, await ana.tap(ofOther))
    assert.equal((await on.rowOf(repository, number)).state, 'open')
  })

  it('made between the tap and its release refuses it, and it stays refused once it is ready again', async () => {
    const { on, ana, bob } = landing
    for (const method of ['merge', 'fast-forward'] as const) {
      const { repository, number } = await propose({ isDraft: false })
      const before = await on.tip(repository)
      const seal = await ana.tap((await on.prepare(repository, ana, number, { method })).sealRequestId)
      await set(repository, number, true, bob)
      await expectProblem(on.release(repository, ana, number, seal, { method }), 'draft')
      await set(repository, number, false, bob)
      await expectProblem(on.release(repository, ana, number, seal, { method }), 'draft', /tap once more/)
      assert.equal(await on.tip(repository), before)
      await on.land(repository, ana, number, { method })
    }
  })

  it('made at the last moment, when all else is judged, refuses it too', async () => {
    const { on, ana, bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: false })
    const seal = await ana.tap((await on.prepare(repository, ana, number)).sealRequestId)
    const { database } = fixture.parts
    let isFirst = true
    // The merge's first transaction is the one that prepares it.
    const late: Database = {
      ...database,
      async write(work) {
        if (isFirst) {
          isFirst = false
          await set(repository, number, true, bob)
        }
        return database.write(work)
      },
    }
    const before = await on.tip(repository)
    await expectProblem(
      landingWith(late, () => on.release(repository, ana, number, seal)),
      'draft',
    )
    assert.equal(isFirst, false)
    assert.equal(await on.tip(repository), before)
  })

  it('is not made of what git is moving already', async () => {
    const { on, ana, bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: false })
    const seal = await ana.tap((await on.prepare(repository, ana, number)).sealRequestId)
    const { onMoved } = fixture.parts
    let tried = 0
    fixture.parts.onMoved = async (place, rows) => {
      tried++
      await expectProblem(set(repository, number, true, bob), 'merging')
      return onMoved(place, rows)
    }
    await on.release(repository, ana, number, seal)
    fixture.parts.onMoved = onMoved
    assert.equal(tried, 1)
    const row = await on.rowOf(repository, number)
    assert.deepEqual([row.state, row.isDraft], ['merged', 0])
    await expectProblem(set(repository, number, true, bob), 'already-merged')
  })

  it('switches merging when ready off, and what was asked for it is over', async () => {
    const { on, ana, bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: false })
    const asking = createAutoMerge({ ...fixture.parts, root: fixture.root })
    await switchOn(fixture.parts, whichOf(repository, ana, number), 'squash')
    asking.start()
    await asking.settled()
    const { id } = await on.rowOf(repository, number)
    const asked = await fixture.database.read.selectFrom('sealRequest').select('id').where('about', '=', id).execute()
    assert.equal(asked.length, 1)
    const seal = await ana.tap(asked[0]?.id ?? '')
    await set(repository, number, true, bob)
    assert.equal((await on.rowOf(repository, number)).autoMergeBy, null)
    await expectProblem(on.release(repository, ana, number, seal, { method: 'squash' }), 'draft')
    await set(repository, number, false, bob)
    await asking.settled()
    assert.equal((await on.rowOf(repository, number)).state, 'open')
    await asking.close()
  })

  it('asks reviewers once it is ready, each once, and nobody who may not read it by then', async () => {
    const { bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: true })
    const { parts, database } = fixture
    const kim = await fixture.addTapper(`kim-${number}-${repository.place.repository.name}`)
    const lee = await fixture.addTapper(`lee-${number}-${repository.place.repository.name}`)
    const ask = (...people: Tapper[]) =>
      requestReviewers(parts, whichOf(repository, bob, number), {
        users: people.map(({ caller }) => caller.id),
        groups: [],
      })
    await ask(kim, lee)
    assert.deepEqual(await eventsOf(repository), ['pull-request.opened draft'])
    await database.write((tx) =>
      tx.updateTable('user').set({ state: 'ended' }).where('id', '=', lee.caller.id).execute(),
    )
    await set(repository, number, false, bob)
    const asked = ['pull-request.opened draft', 'pull-request.ready', `review.requested ${kim.caller.username}`]
    assert.deepEqual(await eventsOf(repository), asked)
    await set(repository, number, true, bob)
    await set(repository, number, false, bob)
    assert.deepEqual(await eventsOf(repository), [...asked, 'pull-request.drafted', 'pull-request.ready'])
  })

  it('is the same however often it is said, and only while it is open', async () => {
    const { bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: false })
    await set(repository, number, false)
    await set(repository, number, true)
    await set(repository, number, true)
    assert.deepEqual(await eventsOf(repository), ['pull-request.opened', 'pull-request.drafted'])
    const which = whichOf(repository, bob, number)
    await closePullRequest(fixture.parts, which)
    await expectProblem(set(repository, number, false), 'closed')
    await reopenPullRequest(fixture.parts, which)
    assert.equal((await look(repository, bob, number)).isDraft, true)
  })

  it('stands in lists as what it is, and waits for nobody', async () => {
    const { ana, bob, fixture } = landing
    const { repository, number } = await propose({ isDraft: true })
    await repository.push('other', { other: '1' }, 'main')
    const other = await landing.on.open(repository, bob, 'other')
    const db = fixture.database.read
    const { id } = repository.place.repository
    const listed = async (state: 'open' | 'draft') =>
      (await listPullRequests(db, { repositoryId: id, state, cursor: undefined })).items.map((item) => [
        item.number,
        item.isDraft,
      ])
    assert.deepEqual(await listed('open'), [
      [other, false],
      [number, true],
    ])
    assert.deepEqual(await listed('draft'), [[number, true]])
    const numbers = (items: { number: number }[]) =>
      items.map((item) => item.number).toSorted((one, other) => one - other)
    const home = (person: Tapper) => ({ userId: person.caller.id, repositoryIds: [id] })
    assert.deepEqual(numbers(await listMyPullRequests(db, home(bob))), [number, other])
    assert.deepEqual(numbers(await listWaitingForMe(db, home(ana))), [other])
  })

  async function landingWith<Result>(database: Database, work: () => Promise<Result>): Promise<Result> {
    const { parts } = landing.fixture
    const usual = parts.database
    parts.database = database
    try {
      return await work()
    } finally {
      parts.database = usual
    }
  }
})
