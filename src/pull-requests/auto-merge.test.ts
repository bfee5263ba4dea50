import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { afterEvents, followEvents } from '../audit/follow-events.ts'
import { listEvents } from '../audit/list.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { refuseRequest } from '../seals/attempts.ts'
import { switchOffByHand, switchOn } from './auto-merge.ts'
import { type AutoMerge, autoMergeLifetimeMs, createAutoMerge } from './auto-merge-asking.ts'
import { closePullRequest } from './change.ts'
import { anyMethod, expectProblem, landingIn } from './landing-testing.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'
import type { MergeMethod } from './shapes.ts'

describe('merging when ready', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let on: ReturnType<typeof landingIn>
  /** Two nodes over one database. */
  let nodes: AutoMerge[]
  let ahead = 0
  before(async () => {
    fixture = await openPullRequests()
    ana = await fixture.addTapper('ana-lee')
    bob = await fixture.addTapper('bob')
    const now = (): number => fixture.now() + ahead
    const followed = followEvents(
      afterEvents(fixture.database, (events) => nodes.forEach((node) => node.stir(events))),
      (tx, event, id) => nodes[0]?.follow(tx, event, id) ?? Promise.resolve(),
    )
    Object.assign(fixture.parts, { database: followed, now })
    on = landingIn({ ...fixture, database: followed })
    nodes = [1, 2].map(() => createAutoMerge({ ...fixture.parts, root: fixture.root }))
  })
  after(async () => {
    for (const node of nodes) await node.close()
    await fixture[Symbol.asyncDispose]()
  })

  let made = 0
  async function propose(): Promise<{ repository: Protected; number: number; id: string }> {
    const repository = await fixture.addProtected(`auto-${++made}`, ana)
    await on.setRule(repository, anyMethod)
    await repository.push('work', { work: '1' }, 'main')
    const number = await on.open(repository, bob, 'work')
    return { repository, number, id: (await on.rowOf(repository, number)).id }
  }
  const settled = async (): Promise<void> => {
    for (const node of nodes) await node.settled()
  }
  async function turnOn(
    { repository, number }: { repository: Protected; number: number },
    person = ana,
    method: MergeMethod = 'merge',
  ) {
    await switchOn(fixture.parts, { place: repository.place, caller: person.caller, number }, method)
    await settled()
  }
  const requests = (id: string): Promise<SealRequestTable[]> =>
    fixture.database.read
      .selectFrom('sealRequest')
      .selectAll()
      .where('about', '=', id)
      .orderBy('createdAt')
      .orderBy('id')
      .execute()
  const open = async (id: string) => (await requests(id)).filter(({ state }) => state === 'open')
  async function tapFor(id: string, person = ana): Promise<void> {
    const [waiting] = await open(id)
    await person.tap(waiting?.id ?? 'none', nodes[1]?.onSealed)
    await settled()
  }
  /** As people read it; its leaf knows nobody by what they are called. */
  const lastOff = async () => {
    const [last] = (await listEvents(fixture.database.read, { action: 'auto-merge.off' })).items
    assert.doesNotMatch(last?.leaf ?? '', /Ana-lee|Bob/)
    return last?.sentence.replace(/^.* by itself any more: /, '')
  }
  const isOn = async ({ repository, number }: { repository: Protected; number: number }) =>
    (await on.rowOf(repository, number)).autoMergeBy !== null
  /** Something changed here. */
  async function stir(repository: Protected): Promise<void> {
    for (const node of nodes)
      node.stir([
        {
          action: 'branch.rule-changed',
          actor: null,
          target: { kind: 'ref', id: '' },
          repositoryId: repository.place.repository.id,
          at: 0,
        },
      ])
    await settled()
  }

  it('asks for the tap at the moment it is ready, once though two nodes look, and merges what is tapped for', async () => {
    for (const method of ['merge', 'squash', 'rebase', 'fast-forward'] as const) {
      const proposed = await propose()
      const { repository, number, id } = proposed
      await on.setRule(repository, { ...anyMethod, approvals: 1 })
      await turnOn(proposed, ana, method)
      assert.deepEqual(await requests(id), [], 'nothing is asked for, let alone kept, before')
      await on.setRule(repository, anyMethod)
      await stir(repository)
      await stir(repository)
      const [waiting, ...more] = await open(id)
      assert.deepEqual([waiting?.userId, waiting?.action, more.length], [ana.caller.id, method, 0])
      assert.notEqual(waiting?.code, null)
      assert.equal((waiting?.expiresAt ?? 0) - (waiting?.createdAt ?? 0), autoMergeLifetimeMs)
      await tapFor(id)
      const row = await on.rowOf(repository, number)
      assert.deepEqual([row.state, row.mergeMethod, row.mergedBy], ['merged', method, ana.caller.id])
      assert.deepEqual(await open(id), [])
    }
  })

  it('two nodes that look at the same moment ask once', async () => {
    const proposed = await propose()
    await on.setRule(proposed.repository, { ...anyMethod, approvals: 1 })
    await turnOn(proposed)
    await on.setRule(proposed.repository, anyMethod)
    const event = {
      action: 'review.approved' as const,
      actor: null,
      target: { kind: 'pull-request', id: proposed.id },
      repositoryId: proposed.repository.place.repository.id,
      at: 0,
    }
    for (const node of nodes) node.stir([event])
    await settled()
    assert.equal((await requests(proposed.id)).length, 1)
  })

  it('never for an agent, and not in a way the rule refuses', async () => {
    const { repository, number } = await propose()
    const which = { place: repository.place, caller: { ...ana.caller, kind: 'agent' as const }, number }
    await expectProblem(switchOn(fixture.parts, which, 'merge'), 'not-allowed', /Only a person/)
    await on.setRule(repository, { methods: ['squash'] })
    await expectProblem(switchOn(fixture.parts, { ...which, caller: ana.caller }, 'merge'), 'method-refused')
  })

  it('when the facts move, what waits is taken back and asked for afresh', async () => {
    const proposed = await propose()
    const { repository, id } = proposed
    await turnOn(proposed)
    const [first] = await open(id)
    await repository.push('faster', { faster: '1' }, 'main')
    const faster = await on.open(repository, bob, 'faster')
    await on.land(repository, bob, faster)
    await settled()
    const [second, ...more] = await open(id)
    assert.ok(first && second)
    assert.notEqual(second.id, first.id)
    assert.equal(more.length, 0)
    await on.setRule(repository, { ...anyMethod, approvals: 1 })
    await stir(repository)
    assert.deepEqual(await open(id), [])
    await expectProblem(ana.tap(second.id, nodes[0]?.onSealed), 'withdrawn')
  })

  it('a merge that fails after the tap is told, and asked for again', async () => {
    const proposed = await propose()
    const { repository, number, id } = proposed
    await turnOn(proposed)
    // Moved behind everybody's back: no event makes anybody look.
    await repository.push('sneaky', { sneaky: '1' }, 'main')
    const sneaky = await repository.git('rev-parse', 'HEAD')
    await fixture.git.run(['update-ref', 'refs/heads/main', sneaky], { repository: repository.place.folder })
    const [first] = await open(id)
    await tapFor(id)
    const refused = (await fixture.events()).findLast(({ action }) => action === 'merge.refused')
    assert.equal(refused?.facts['reason'], 'base-moved')
    assert.equal((await on.rowOf(repository, number)).state, 'open')
    const [second] = await open(id)
    assert.ok(second !== undefined && second.id !== first?.id)
    await tapFor(id)
    assert.equal((await on.rowOf(repository, number)).state, 'merged')
  })

  it('is switched off where somebody else pushed, and stays on where its person did', async () => {
    const proposed = await propose()
    await turnOn(proposed)
    await proposed.repository.push('work', { more: '1' })
    await settled()
    assert.ok(await isOn(proposed), 'Ana’s token pushed')
    await turnOn(proposed, bob)
    await proposed.repository.push('work', { evil: '1' })
    await settled()
    assert.ok(!(await isOn(proposed)))
    assert.equal(await lastOff(), 'Ana-lee pushed to it')
    assert.deepEqual(await open(proposed.id), [])
  })

  it('a role that was taken away meanwhile ends it', async () => {
    const proposed = await propose()
    const writer = await fixture.addTapper(`writer-${made}`, 'admin')
    await on.setRule(proposed.repository, { ...anyMethod, approvals: 1 })
    await turnOn(proposed, writer)
    await fixture.database.write((tx) =>
      tx.updateTable('user').set({ role: 'member' }).where('id', '=', writer.caller.id).execute(),
    )
    await on.setRule(proposed.repository, anyMethod)
    await stir(proposed.repository)
    assert.ok(!(await isOn(proposed)))
    assert.match((await lastOff()) ?? '', /may no longer merge here/)
    assert.deepEqual(await requests(proposed.id), [])
  })

  it('is switched off by hand, by closing, by refusing the tap, and after a day without one', async () => {
    const proposed = await propose()
    const which = { place: proposed.repository.place, caller: bob.caller, number: proposed.number }
    await turnOn(proposed)
    await switchOffByHand(fixture.parts, which)
    assert.deepEqual(
      [await isOn(proposed), await lastOff(), await open(proposed.id)],
      [false, 'Bob switched it off', []],
    )
    await turnOn(proposed)
    const [waiting] = await open(proposed.id)
    await refuseRequest(fixture.parts.database, ana.caller, { id: waiting?.id ?? '', at: fixture.parts.now() })
    await settled()
    assert.deepEqual([await isOn(proposed), await lastOff()], [false, 'Ana-lee did not tap'])
    await turnOn(proposed)
    // From here on the record is in order only where time goes forward.
    ahead += autoMergeLifetimeMs + 60_000
    await stir(proposed.repository)
    assert.match((await lastOff()) ?? '', /asked for a day/)
    await turnOn(proposed)
    await closePullRequest(fixture.parts, which)
    await settled()
    assert.deepEqual([await isOn(proposed), await lastOff(), await open(proposed.id)], [false, 'It was closed', []])
  })
})
