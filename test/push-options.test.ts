import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { startPush } from './support/held-push.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

describe('a push that opens a pull request', () => {
  let postern: StartedPostern
  let ana: Person
  let held: Repository
  let start: string
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    held = await makeHeld(postern, ana, 'payments/api')
    start = await held.tip('main')
  })
  after(() => postern[Symbol.asyncDispose]())
  const begin = (branch: string) => held.git('switch', '--quiet', '--create', branch, start)
  const look = (number: number) => ana.call<PullRequestView>('GET', `${held.path}/pull-requests/${number}`)
  async function well(...args: string[]): Promise<string> {
    const { code, screen } = await held.push(...args).ended
    assert.equal(code, 0, screen)
    return screen
  }
  async function refusedWith(sentence: RegExp, ...args: string[]): Promise<void> {
    const { code, screen } = await held.push(...args).ended
    assert.notEqual(code, 0, screen)
    assert.match(screen, sentence)
  }

  test('a closed branch says how, and the option does it: a branch, its words, a link', async () => {
    await begin('work')
    const oid = await held.commit('fee.txt', 'Répare the fee!\n\nIt was rounded twice.')
    await refusedWith(/git push -o pull-request origin HEAD:main/, 'HEAD:main')
    const screen = await well('-o', 'pull-request', 'HEAD:main')
    assert.match(screen, /remote: Opened payments\/api#1, ana\/repare-the-fee into main:/)
    assert.match(screen, new RegExp(`remote: ${postern.origin}/payments/api/pull-requests/1`))
    assert.match(screen, /HEAD -> ana\/repare-the-fee/)
    const view = await look(1)
    assert.deepEqual(
      [view.title, view.description, view.headOid, view.author.username],
      ['Répare the fee!', 'It was rounded twice.', oid, 'ana'],
    )
    assert.equal(await held.tip('main'), start)
    assert.equal(await held.git('rev-parse', 'refs/remotes/origin/ana/repare-the-fee'), oid)
    const row = await held.lastUpdate('refs/heads/ana/repare-the-fee')
    assert.deepEqual([row.state, row.newOid, row.sealId], ['done', oid, null])
  })

  test('pushed again it updates the same proposal; rewritten it becomes another', async () => {
    const oid = await held.commit('more.txt', 'Round once')
    const screen = await well('-o', 'pull-request', 'HEAD:main')
    assert.match(screen, /Updated payments\/api#1, ana\/repare-the-fee into main:/)
    assert.equal((await look(1)).headOid, oid)
    assert.match(await well('-o', 'pull-request', 'HEAD:main'), /Updated payments\/api#1/)

    await begin('again')
    await held.commit('fee.txt', 'Répare the fee!')
    assert.match(
      await well('-o', 'pull-request', 'HEAD:main'),
      /Opened payments\/api#2, ana\/repare-the-fee-2 into main/,
    )
    assert.equal((await look(1)).headOid, oid)
  })

  test('refs/for/<branch> does the same, with a name, a title and a description of one’s own', async () => {
    await begin('named')
    await held.commit('named.txt')
    const screen = await well(
      '-o',
      'pull-request=wanted/name',
      '-o',
      'title=A better title',
      '-o',
      'description=Why = because',
      'HEAD:refs/for/main',
    )
    assert.match(screen, /Opened payments\/api#3, wanted\/name into main/)
    const view = await look(3)
    assert.deepEqual(
      [view.title, view.description, view.sourceBranch],
      ['A better title', 'Why = because', 'wanted/name'],
    )
  })

  test('what cannot be proposed is refused before or when its commits are read', async () => {
    await begin('refused')
    await refusedWith(/main already has everything that you pushed/, 'HEAD:refs/for/main')
    await held.commit('refused.txt')
    await refusedWith(/There is no branch nowhere to propose this for/, 'HEAD:refs/for/nowhere')
    await refusedWith(/updates nothing else\. Push it by itself/, 'HEAD:refs/for/main', 'HEAD:refs/heads/beside')
    await refusedWith(/updates nothing else/, '-o', 'pull-request', 'HEAD:main', 'HEAD:refs/for/main')
    await refusedWith(/Too many branches are called main|name/, '-o', 'pull-request=-x', 'HEAD:refs/for/main')
    // A protected branch is nothing to be made or moved for a proposal.
    assert.match(
      await well('-o', 'pull-request=main', 'HEAD:refs/for/main'),
      /Opened payments\/api#4, main-2 into main/,
    )
    await refusedWith(/belongs to the server/, 'HEAD:refs/pull/9/head')
    assert.equal(await held.tip('main'), start)
    assert.equal(await held.tip('beside'), '')
    assert.ok((await held.refusals()).map(({ code }) => code).includes('proposal-alone'))
  })

  test('an agent may propose, and the detour leads past no guardrail', async () => {
    const robot = await postern.join(ana, 'robot')
    await ana.act('PUT', `${held.path}/members/user/robot`, { role: 'write' })
    const token = await robot.makeToken('bot')
    const { database } = postern.postern.ceremonies
    await database.write((tx) =>
      tx.updateTable('user').set({ kind: 'agent' }).where('username', '=', 'robot').execute(),
    )
    await begin('agent')
    await held.commit('agent.txt', 'By a program')
    const proposed = await startPush(held.work, token, ['origin', 'HEAD:refs/for/main']).ended
    assert.equal(proposed.code, 0, proposed.screen)
    assert.match(proposed.screen, /robot\/by-a-program into main/)

    await setRules(ana, [shipped('tap-to-push', { where: { branches: ['*'] } })])
    await begin('guarded')
    await held.commit('guarded.txt', 'Past the rule')
    await refusedWith(
      /The branch ana\/past-the-rule would be made for this\. To push to a branch takes a tap on your key/,
      'HEAD:refs/for/main',
    )
    assert.equal(await held.tip('ana/past-the-rule'), '')
  })
})
