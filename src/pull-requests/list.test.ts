import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pageSize } from '../http/page.ts'
import { listMyPullRequests, listPullRequests, listWaitingForMe } from './list.ts'
import { openPullRequest } from './open.ts'
import { openPullRequests, type Protected, type PullRequestFixture, type Tapper } from './pull-request-testing.ts'

describe('lists of pull requests', () => {
  let fixture: PullRequestFixture
  let ana: Tapper
  let bob: Tapper
  let repository: Protected
  before(async () => {
    fixture = await openPullRequests()
    ana = await fixture.addTapper('ana-lee')
    bob = await fixture.addTapper('bob')
    repository = await fixture.addProtected('many', ana)
    await repository.push('work', { work: '1' }, 'main')
    const oid = await repository.git('rev-parse', 'work')
    for (let number = 1; number <= pageSize + 2; number++) {
      await fixture.git.run(['update-ref', `refs/heads/work-${number}`, oid], { repository: repository.place.folder })
      const wanted = {
        title: `Number ${number}`,
        description: '',
        sourceBranch: `work-${number}`,
        targetBranch: 'main',
      }
      await openPullRequest(fixture.parts, repository.place, (number % 2 === 0 ? ana : bob).caller, wanted)
    }
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('are numbered from 1, newest first, page by page', async () => {
    const question = { repositoryId: repository.place.repository.id, state: 'open' } as const
    const first = await listPullRequests(fixture.database.read, { ...question, cursor: undefined })
    const second = await listPullRequests(fixture.database.read, { ...question, cursor: first.nextCursor ?? '' })
    assert.deepEqual(
      [...first.items, ...second.items].map(({ number }) => number),
      Array.from({ length: pageSize + 2 }, (_, index) => pageSize + 2 - index),
    )
    assert.equal(second.nextCursor, null)
    assert.equal(first.items[0]?.repository, 'payments/many')
    assert.deepEqual(
      (await listPullRequests(fixture.database.read, { ...question, state: 'merged', cursor: undefined })).items,
      [],
    )
  })

  it('Home tells mine from those that wait for me, and nothing of where I am no longer', async () => {
    const db = fixture.database.read
    const question = { userId: ana.caller.id, repositoryIds: [repository.place.repository.id] }
    assert.ok((await listMyPullRequests(db, question)).every(({ author }) => author.username === 'ana-lee'))
    assert.ok((await listWaitingForMe(db, question)).every(({ author }) => author.username === 'bob'))
    assert.equal((await listWaitingForMe(db, question)).length, 20)
    assert.deepEqual(await listMyPullRequests(db, { ...question, repositoryIds: [] }), [])
  })

  it('two who propose the same at once make one', async () => {
    await repository.push('race', { race: '1' }, 'main')
    const wanted = { title: 'Race', description: '', sourceBranch: 'race', targetBranch: 'main' }
    const both = [ana, bob].map(({ caller }) => openPullRequest(fixture.parts, repository.place, caller, wanted))
    const results = await Promise.allSettled(both)
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const lost = results.find((result) => result.status === 'rejected')
    assert.equal(lost?.reason.code, 'already-open')
  })
})
