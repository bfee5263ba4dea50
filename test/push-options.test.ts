import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ReviewState, ThreadView } from '../src/pull-requests/review/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { firstRule } from '../src/repositories/branch-rule.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { readPolicy, setRules, shipped } from './support/guardrails.ts'
import { type RunningPush, startPush } from './support/held-push.ts'
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
      [view.title, view.description, view.headOid, view.author.username, view.isDraft],
      ['Répare the fee!', 'It was rounded twice.', oid, 'ana', false],
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
      '-o',
      'draft',
      'HEAD:refs/for/main',
    )
    assert.match(screen, /Opened payments\/api#3 as a draft, wanted\/name into main/)
    const view = await look(3)
    assert.deepEqual(
      [view.title, view.description, view.sourceBranch, view.isDraft],
      ['A better title', 'Why = because', 'wanted/name', true],
    )
    await held.commit('more.txt')
    const again = await well('-o', 'pull-request=wanted/name', '-o', 'draft', 'HEAD:refs/for/main')
    assert.match(
      again,
      /Updated payments\/api#3, [^]*-o draft is for what a push opens: this one was open, and stays as it is/,
    )
  })

  test('what cannot be proposed is refused before or when its commits are read', async () => {
    await begin('refused')
    await refusedWith(/main has all of it already/, 'HEAD:refs/for/main')
    await held.commit('refused.txt')
    await refusedWith(/There is no branch nowhere\./, 'HEAD:refs/for/nowhere')
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

  test('a refusal is one and the same in the terminal, by API and on the page', async () => {
    const [bob, eve, mallory] = [
      await postern.join(ana, 'bob'),
      await postern.join(ana, 'eve'),
      await postern.join(ana, 'mallory'),
    ]
    await ana.act('PUT', `${held.path}/members/user/bob`, { role: 'write' })
    await ana.act('PUT', `${held.path}/members/user/eve`, { role: 'read' })
    const ended = await bob.makeToken('ended')
    const { items } = await bob.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
    await bob.act('DELETE', `/me/tokens/${items.find(({ name }) => name === 'ended')?.id}`)
    const reading = await ana.makeToken('reading', ['repository:read'])
    const [eves, mallorys] = [await eve.makeToken('hers'), await mallory.makeToken('hers')]
    for (const branch of ['kept', 'topic']) {
      await begin(branch)
      await held.commit(`${branch}.txt`)
      await well(`HEAD:${branch}`)
    }
    await well('main:refs/heads/empty')
    await ana.act('POST', `${held.path}/protected-branches`, { branch: 'kept' })
    const rule = { ...firstRule, approvals: 1, agentApprovals: 1, methods: ['merge'] }
    await ana.act('PUT', `${held.path}/protected-branches/main/rule`, rule)
    const propose = (sourceBranch: string, targetBranch = 'main', by = ana, token?: string) =>
      by.call<PullRequestView>(
        'POST',
        `${held.path}/pull-requests`,
        { title: sourceBranch, description: '', sourceBranch, targetBranch },
        token === undefined ? {} : { authorization: `Bearer ${token}` },
      )
    const on = ({ number }: PullRequestView, rest: string) => `${held.path}/pull-requests/${number}/${rest}`
    /** What applies a suggestion for the one line that this branch brings. */
    const suggest = async (branch: string) => {
      const proposed = await propose(branch)
      const thread = { path: `${branch}.txt`, side: 'head', line: 1, headOid: proposed.headOid, isDraft: false }
      const body = '```suggestion\nother\n```'
      const { comments } = await bob.call<ThreadView>('POST', on(proposed, 'threads'), { ...thread, body })
      return { proposed, apply: () => ana.call('POST', on(proposed, `comments/${comments[0]?.id}/apply`), {}) }
    }
    const [kept, topic] = [await suggest('kept'), await suggest('topic')]
    const review = { verdict: 'approved', body: '', headOid: topic.proposed.headOid }
    const prepare = (method: string, more = {}) =>
      ana.call('POST', on(topic.proposed, 'merge-preparation'), { method, ...more })
    const view = () => look(topic.proposed.number)
    await held.commit('more.txt')

    interface Doors {
      /** Of a push, and the code under which it stands in the record, where it came that far. */
      terminal?: { push: RunningPush; noted?: string }
      api: () => Promise<unknown>
      page?: () => Promise<string | null | undefined>
    }
    const pushed = (noted: string, ...args: string[]) => ({ push: held.push(...args), noted })
    const pushedBy = (token: string) => ({
      push: startPush(held.work, token, [held.url.replace('//', `//git:${token}@`), 'HEAD:topic']),
    })
    async function sameAtEach(code: string, { terminal, api, page }: Doors): Promise<void> {
      const { problem } = await api().then(
        () => assert.fail(`${code} was not refused`),
        (error: unknown) => (error instanceof ApiError ? error : assert.fail(String(error))),
      )
      assert.equal(problem.code, code)
      if (terminal !== undefined) {
        const { code: exit, screen } = await terminal.push.ended
        assert.notEqual(exit, 0, screen)
        assert.ok(screen.includes(`remote: ${problem.title}`), `${problem.title}\nis not in\n${screen}`)
        if (terminal.noted !== undefined) assert.equal((await held.refusals()).at(-1)?.code, terminal.noted)
      }
      const shown = await page?.()
      if (page !== undefined)
        assert.ok(problem.title === shown || problem.detail?.includes(shown ?? '?'), JSON.stringify({ problem, shown }))
    }

    await sameAtEach('default-branch', {
      terminal: pushed('default-branch', ':main'),
      api: () => ana.call('DELETE', `${held.path}/branches/main`),
    })
    await sameAtEach('protected-branch', {
      terminal: pushed('protected-branch', ':kept'),
      api: () => ana.call('DELETE', `${held.path}/branches/kept`),
    })
    await sameAtEach('protected-branch', {
      terminal: pushed('protected-branch', '--force', 'HEAD:kept'),
      api: kept.apply,
    })
    await sameAtEach('nothing-to-merge', {
      terminal: pushed('nothing-to-merge', 'main:refs/for/main'),
      api: () => propose('empty'),
    })
    // A form is told which of its fields it is about.
    await sameAtEach('invalid-input', {
      terminal: pushed('no-such-branch', 'HEAD:refs/for/nowhere'),
      api: () => propose('topic', 'nowhere'),
    })
    await sameAtEach('invalid-input', {
      terminal: pushed('ref-name', 'HEAD:refs/heads/refs/heads/x'),
      api: () => propose('refs/heads/x'),
    })
    await sameAtEach('not-allowed', { terminal: pushedBy(eves), api: () => propose('empty', 'main', eve) })
    await sameAtEach('not-found', { terminal: pushedBy(mallorys), api: () => propose('empty', 'main', mallory) })
    const program = postern.stranger()
    await sameAtEach('not-allowed', {
      terminal: pushedBy(reading),
      api: () => propose('empty', 'main', program, reading),
    })
    await sameAtEach('token-refused', {
      terminal: pushedBy(ended),
      api: () => propose('empty', 'main', program, ended),
    })
    await sameAtEach('not-allowed', {
      api: () => ana.call('POST', on(topic.proposed, 'reviews'), review),
      page: async () => (await ana.call<ReviewState>('GET', on(topic.proposed, 'review'))).can.approveRefusal,
    })
    await sameAtEach('not-allowed', {
      api: () => prepare('merge', { bypass: { reason: 'Everything is on fire.' } }),
      page: async () => (await view()).can.bypassRefusal,
    })
    await sameAtEach('method-refused', {
      api: () => prepare('squash'),
      page: async () => (await view()).methods.find(({ method }) => method === 'squash')?.refusal,
    })
    const unmet = async () => (await view()).mergeability.checks.find(({ isMet }) => !isMet)?.help
    await sameAtEach('not-ready', { api: () => prepare('merge'), page: unmet })
    await sameAtEach('not-ready', {
      api: () => ana.call('POST', on(topic.proposed, 'merge'), { method: 'merge' }),
      page: unmet,
    })
    const { policy } = await readPolicy(ana)
    await setRules(ana, [{ ...shipped('tap-to-push'), where: {}, requires: { networks: ['192.0.2.0/24'] } }])
    await sameAtEach('not-allowed', { terminal: pushed('not-allowed', 'HEAD:topic'), api: topic.apply })
    await setRules(ana, policy.rules)
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
