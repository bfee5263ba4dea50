import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'

import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type { ReviewView } from '../src/pull-requests/review/shapes.ts'
import { parseRawDiff, patchDigest, RAW_DIFF } from '../src/seals/format/patch-digest.ts'
import { sealPath } from '../src/seals/format/projection.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { commitAs, gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import type { SealRequest } from '../src/seals/shapes.ts'

import { refused } from './support/refusal.ts'
import { type Reviewing, startReviewing } from './support/reviewing.ts'

import { eitherStore } from './support/stores.ts'

/** What an approval is worth, and to whom. */
for (const store of eitherStore)
  describe(`approvals in a review, on ${store.name}`, () => {
    let reviewing: Reviewing
    before(async () => {
      reviewing = await startReviewing(await store.flags())
    })
    after(() => reviewing[Symbol.asyncDispose]())

    test('an approval is a seal over exactly the head and what it changes', async () => {
      const { postern, ben, reader, repository, look, headOf, send, events, propose, counted } = reviewing
      const { number } = await propose()
      const head = await headOf(number)
      const made = await send(ben, number, 'approved', 'Good.')
      assert.equal(made.review, null)
      assert.match(made.sealRequest?.facts.title ?? '', /Approve payments\/api#\d+ into main/)
      assert.deepEqual(await counted(number), [])
      await ben.tap(made.sealRequest?.id ?? '')
      const { reviews } = await look(reader, number)
      const [review] = reviews
      assert.deepEqual(
        { by: review?.reviewer.username, counts: review?.counts, headOid: review?.headOid, body: review?.body },
        { by: 'ben', counts: true, headOid: head, body: 'Good.' },
      )
      assert.match(review?.statementDigest ?? '', /^sha256:/)
      const seal = await postern.postern.ceremonies.database.read
        .selectFrom('seal')
        .selectAll()
        .where('statementDigest', '=', review?.statementDigest ?? '')
        .executeTakeFirstOrThrow()
      assert.notEqual(seal.consumedAt, null)
      const { subject, predicate } = JSON.parse(Buffer.from(seal.statement, 'base64').toString()) as {
        subject: { digest: Record<string, string> }[]
        predicate: Record<string, unknown>
      }
      assert.equal(subject[0]?.digest['gitCommit'], head)
      // As anybody finds it in a clone.
      const base = (await repository.git('merge-base', 'main', head)).trim()
      const tree = (await repository.git('rev-parse', `${head}^{tree}`)).trim()
      const change = await repository.git('diff-tree', ...RAW_DIFF, base, head)
      assert.equal(subject[1]?.digest['sha256'], patchDigest(parseRawDiff(Buffer.from(change))))
      assert.deepEqual(
        ['action', 'pullRequest', 'targetRef', 'fromID', 'targetID'].map((field) => predicate[field]),
        ['approve', String(number), 'refs/heads/main', base, tree],
      )
      assert.equal((await events('review.approved')).length, 1)
    })

    test('a head that moved between the look and the tap is not approved, and one that moves later voids it', async () => {
      const { ana, ben, pathOf, look, headOf, send, approve, propose, change, counted } = reviewing
      const { number, branch } = await propose()
      const seen = await headOf(number)
      const { sealRequest } = await send(ben, number, 'approved')
      await change(branch, 'file.txt', 'something nobody has seen\n')
      await refused(ben.tap(sealRequest?.id ?? ''), 409, 'head-moved')
      assert.deepEqual((await look(ana, number)).reviews, [])
      const stale = { verdict: 'approved', body: '', headOid: seen }
      await refused(ben.call('POST', `${pathOf(number)}/reviews`, stale), 409, 'head-moved')
      await approve(ben, number)
      assert.deepEqual(await counted(number), ['ben'])
      await change(branch, 'file.txt', 'and something else\n')
      const [review] = (await look(ana, number)).reviews
      assert.deepEqual([review?.counts, review?.whyNot], [false, 'What it changes is something else since.'])
    })

    test('the same tree under another message is still approved; another tree under the same message is not', async () => {
      const { ben, repository, folder, approve, propose, commit, push, counted } = reviewing
      const { number, branch } = await propose()
      await approve(ben, number)
      await commit('--amend', '--message', 'Other words')
      await push(branch)
      assert.deepEqual(await counted(number), ['ben'])
      await writeFile(join(folder, 'file.txt'), 'one\ntwo\nthree!\nfour\nfive\n')
      await repository.git('add', '--all')
      await commit('--amend', '--message', 'Other words')
      await push(branch)
      assert.deepEqual(await counted(number), [])
    })

    test('two keys of one person are one person, and the last tap stands', async () => {
      const { postern, ana, cleo, look, approve, propose } = reviewing
      const { number } = await propose()
      const second = new SoftwareAuthenticator()
      await cleo.addPasskey(second, 'second')
      const again = new Person(postern.origin, second)
      await again.signIn()
      await approve(cleo, number)
      await approve(again, number, 'again')
      const { reviews } = await look(ana, number)
      assert.deepEqual(
        reviews.map(({ reviewer, body, counts, credentialName }) => [reviewer.username, body, counts, credentialName]),
        [['cleo', 'again', true, 'second']],
      )
    })

    test('nobody approves their own work, with a session or a token; nobody without the role approves at all', async () => {
      const { postern, ana, reader, guest, look, send, bearer, propose } = reviewing
      const { number } = await propose()
      const own = await refused(send(ana, number, 'approved'), 403, 'not-allowed')
      assert.equal(own.title, 'You cannot approve your own work.')
      const token = await ana.makeToken('script')
      await refused(send(postern.stranger(), number, 'approved', '', bearer(token)), 403, 'not-allowed')
      assert.match((await look(ana, number)).can.approveRefusal ?? '', /own work/)
      const weak = await refused(send(reader, number, 'approved'), 403, 'not-allowed')
      assert.match(weak.title, /role “write”/)
      await refused(send(guest, number, 'commented', 'hi'), 404, 'not-found')
      await refused(look(guest, number), 404, 'not-found')
      await refused(send(postern.stranger(), number, 'commented', 'hi'), 401, 'sign-in-required')
    })

    test('who lost the role between asking and tapping approves nothing', async () => {
      const { postern, ana, repository, send, approve, propose, counted } = reviewing
      const { number } = await propose()
      const dora = await postern.join(ana, 'dora')
      await ana.act('PUT', `${repository.path}/members/user/dora`, { role: 'write' })
      const { sealRequest } = await send(dora, number, 'approved')
      await ana.act('PUT', `${repository.path}/members/user/dora`, { role: 'read' })
      await refused(dora.tap(sealRequest?.id ?? ''), 403, 'not-allowed')
      await ana.act('PUT', `${repository.path}/members/user/dora`, { role: 'write' })
      await approve(dora, number)
      assert.deepEqual(await counted(number), ['dora'])
      await ana.act('DELETE', `${repository.path}/members/user/dora`)
      assert.deepEqual(await counted(number), [])
    })

    test('a token asks its person for the tap, and that alone approves nothing', async () => {
      const { postern, ben, cleo, send, bearer, propose, counted } = reviewing
      const { number } = await propose()
      const token = await ben.makeToken('bot')
      const { sealRequest } = await send(postern.stranger(), number, 'approved', 'by script', bearer(token))
      assert.match(sealRequest?.code ?? '', /^[0-9A-Z-]{19}$/)
      assert.equal(sealRequest?.facts.rows.find(({ label }) => label === 'Your words')?.value, 'by script')
      const { items } = await ben.call<{ items: { id: string; tokenName: string }[] }>('GET', '/inbox')
      assert.equal(items.find(({ id }) => id === sealRequest?.id)?.tokenName, 'bot')
      assert.deepEqual(await counted(number), [])
      await ben.tap(sealRequest?.id ?? '')
      assert.deepEqual(await counted(number), ['ben'])
      // Asked for twice, one of them waits.
      const [former, newer] = [await send(ben, number, 'approved'), await send(ben, number, 'approved')]
      // A program asks beside its person, and takes nothing back of theirs.
      await send(postern.stranger(), number, 'approved', 'by script', bearer(token))
      await refused(ben.tap(former.sealRequest?.id ?? ''), 409, 'withdrawn')
      await ben.tap(newer.sealRequest?.id ?? '')
      await refused(ben.tap(newer.sealRequest?.id ?? ''), 409, 'already-sealed')
      await refused(cleo.tap(newer.sealRequest?.id ?? ''), 404, 'not-found')
      const readOnly = await ben.makeToken('read only', ['repository:read'])
      await refused(send(postern.stranger(), number, 'commented', 'x', bearer(readOnly)), 403, 'not-allowed')
    })

    test('an agent comments and asks for changes, and never approves; nor does its owner approve its work', async () => {
      const { postern, ana, cleo, repository, folder, pathOf, send, approve, bearer, propose, commit, push, counted } =
        reviewing
      const { number, branch } = await propose()
      await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      const { secret } = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', {
        name: 'robot',
        scopes: ['repository:write'],
        repositoryIds: null,
        expiresInDays: 1,
      })
      await ana.act('PUT', `${repository.path}/members/user/robot`, { role: 'write' })
      await postern.postern.ceremonies.database.write(async (tx) => {
        const { id } = await tx.selectFrom('user').select('id').where('username', '=', 'cleo').executeTakeFirstOrThrow()
        await tx.updateTable('user').set({ ownerId: id }).where('username', '=', 'robot').execute()
      })
      const agent = postern.stranger()
      const problem = await refused(send(agent, number, 'approved', '', bearer(secret)), 403, 'not-allowed')
      assert.match(problem.title, /an agent cannot/)
      const { review } = await send(agent, number, 'changes-requested', 'No tests.', bearer(secret))
      assert.equal(review?.verdict, 'changes-requested')
      // It writes some of it: now its owner is no second person.
      await approve(cleo, number)
      assert.deepEqual(await counted(number), ['cleo'])
      await repository.git('switch', '--quiet', branch)
      await writeFile(join(folder, 'robot.txt'), 'beep\n')
      await repository.git('add', '--all')
      await repository.git(
        '-c',
        'user.name=Robot',
        '-c',
        'user.email=Robot@localhost',
        'commit',
        '--quiet',
        '--message',
        'Beep',
      )
      await push(branch)
      const own = await refused(send(cleo, number, 'approved'), 403, 'not-allowed')
      assert.match(own.title, /your own agent/)
      // A person proposed and pushed it; that an agent wrote some of it takes more people, where the rule says so.
      const at = `${repository.path}/protected-branches/main/rule`
      const { rule } = await ana.call<{ rule: object }>('GET', at)
      await ana.act('PUT', at, { ...rule, approvals: 1, agentApprovals: 2 })
      const asked = async (of: number) =>
        (await ana.call<PullRequestView>('GET', pathOf(of))).mergeability.checks.map(({ label }) => label).join('\n')
      assert.match(await asked(number), /^2 people must have approved, as a program made some of it$/m)
      assert.match(await asked((await propose()).number), /^One person must have approved$/m)
      await ana.act('PUT', at, rule)
      // What it pushed, under whatever name, is its own as well.
      const other = await propose()
      await commit('--allow-empty', '--message', 'By nobody in particular')
      await gitOrThrow(folder, [...withToken(secret), 'push', '--quiet', 'origin', other.branch])
      assert.match((await refused(send(cleo, other.number, 'approved'), 403, 'not-allowed')).title, /your own agent/)
    })

    test('an ended account’s approval is worth nothing, and neither is one by a removed passkey', async () => {
      const { postern, ana, repository, look, approve, propose, counted } = reviewing
      const { number } = await propose()
      const ed = await postern.join(ana, 'ed')
      await ana.act('PUT', `${repository.path}/members/user/ed`, { role: 'write' })
      await approve(ed, number)
      assert.deepEqual(await counted(number), ['ed'])
      const { database } = postern.postern.ceremonies
      await database.write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'ed').execute(),
      )
      assert.deepEqual(await counted(number), [])
      assert.match((await look(ana, number)).reviews[0]?.whyNot ?? '', /ended/)
      await database.write(async (tx) => {
        await tx.updateTable('user').set({ state: 'active' }).where('username', '=', 'ed').execute()
        const { id } = await tx.selectFrom('user').select('id').where('username', '=', 'ed').executeTakeFirstOrThrow()
        await tx.updateTable('credentialRecord').set({ endedAt: 1 }).where('userId', '=', id).execute()
      })
      assert.match((await look(ana, number)).reviews[0]?.whyNot ?? '', /removed/)
    })

    test('asking for changes voids one’s approval; each takes back their own, an administrator anybody’s with a reason', async () => {
      const { ana, ben, cleo, repository, pathOf, look, send, approve, propose, commit, push, counted } = reviewing
      const { number } = await propose()
      await approve(ben, number)
      const { review } = await send(ben, number, 'changes-requested', 'On second thought.')
      assert.deepEqual(await counted(number), [])
      const dismiss = (person: Person, id: string, reason = '') =>
        person.call<ReviewView>('POST', `${pathOf(number)}/reviews/${id}/dismiss`, { reason })
      await refused(dismiss(cleo, review?.id ?? '', 'because'), 403, 'not-allowed')
      await refused(dismiss(ana, review?.id ?? ''), 422, 'invalid-input')
      const gone = await dismiss(ana, review?.id ?? '', 'Settled by call.')
      assert.deepEqual([gone.dismissed?.by?.username, gone.dismissed?.reason], ['ana', 'Settled by call.'])
      await refused(dismiss(ana, review?.id ?? '', 'twice'), 409, 'already-dismissed')
      assert.deepEqual(await counted(number), [])
      await approve(ben, number)
      const own = (await look(ben, number)).reviews.find(({ counts }) => counts)
      assert.equal(own?.can.dismiss, true)
      await dismiss(ben, own?.id ?? '')
      assert.deepEqual(await counted(number), [])
      // Said of the same change under two heads and taken back once, it is not there for whoever verifies the merge either.
      const { number: twice, branch } = await propose(['twice'])
      await approve(ben, twice)
      await commit('--amend', '--message', 'Other words')
      await push(branch)
      await approve(ben, twice)
      const [first, last] = (await look(ben, twice)).reviews
      await ben.call('POST', `${pathOf(twice)}/reviews/${last?.id}/dismiss`, { reason: '' })
      await repository.merge(ana, twice)
      await repository.git('fetch', '--quiet', 'origin', '+refs/postern/*:refs/postern/*')
      const recorded = await repository.git('ls-tree', '-r', '--name-only', 'refs/postern/seals')
      for (const review of [first, last]) {
        assert.notEqual(review?.statementDigest ?? null, null)
        assert.ok(!recorded.includes(sealPath(review?.statementDigest ?? '')))
      }
      const other = await propose()
      await refused(
        ana.call('POST', `${pathOf(other.number)}/reviews/${review?.id}/dismiss`, { reason: 'x' }),
        404,
        'not-found',
      )
    })

    test('a branch’s rule asks for a kind of key, before the tap and at it', async () => {
      const { ana, ben, repository, look, send, approve, propose, commit, push, counted } = reviewing
      const branch = 'strict'
      await repository.git('switch', '--quiet', '--create', branch, 'main')
      await push(branch)
      await ana.act('POST', `${repository.path}/protected-branches`, { branch })
      const { number: proposed, branch: source } = await propose()
      const { number } = await ana.call<{ number: number }>('POST', `${repository.path}/pull-requests`, {
        title: `Strictly #${proposed}`,
        description: '',
        sourceBranch: source,
        targetBranch: branch,
      })
      const weak = await send(ben, number, 'approved')
      const { rule } = await ana.call<{ rule: Record<string, unknown> }>(
        'GET',
        `${repository.path}/protected-branches/${branch}/rule`,
      )
      const strict = { ...rule, approvalStrength: 'attested', keepOnSamePatch: false }
      await ana.act('PUT', `${repository.path}/protected-branches/${branch}/rule`, strict)
      // Asked for under the former rule, tapped under this one.
      const late = await refused(ben.tap(weak.sealRequest?.id ?? ''), 403, 'not-allowed')
      assert.match(late.title, /hardware key of a verified model/)
      const { sealRequest } = await send(ben, number, 'approved')
      const shown = await ben.call<SealRequest>('GET', `/seal-requests/${sealRequest?.id}`)
      assert.match(shown.credentials[0]?.refusal ?? '', /hardware key of a verified model/)
      await refused(ben.tap(sealRequest?.id ?? ''), 403, 'not-allowed')
      await ana.act('PUT', `${repository.path}/protected-branches/${branch}/rule`, {
        ...strict,
        approvalStrength: 'passkey',
      })
      await approve(ben, number)
      assert.deepEqual(await counted(number), ['ben'])
      // Not kept for another head here, whatever it changes; and worth nothing by a rule that asks for more.
      await commit('--amend', '--message', 'Other words')
      await push(source)
      assert.match((await look(ana, number)).reviews[0]?.whyNot ?? '', /New commits were pushed/)
    })

    test('whoever pushed last does not count, and a branch that asks for an approval is merged with one that does', async () => {
      const { ana, ben, cleo, repository, folder, pathOf, look, send, approve, propose, commit, push } = reviewing
      const branch = 'reviewed'
      await repository.git('switch', '--quiet', '--create', branch, 'main')
      await push(branch)
      await ana.act('POST', `${repository.path}/protected-branches`, { branch })
      const at = `${repository.path}/protected-branches/${branch}/rule`
      const { rule } = await ana.call<{ rule: Record<string, unknown> }>('GET', at)
      await ana.act('PUT', at, { ...rule, approvals: 1, agentApprovals: 1 })
      const { branch: source } = await propose()
      const { number } = await ana.call<{ number: number }>('POST', `${repository.path}/pull-requests`, {
        title: 'Reviewed',
        description: '',
        sourceBranch: source,
        targetBranch: branch,
      })
      const prepare = () => ana.call('POST', `${pathOf(number)}/merge-preparation`, { method: 'merge' })
      await refused(prepare(), 409, 'not-ready')
      // Under Ana's name, and pushed by Ben.
      await commit('--allow-empty', '--message', 'One more')
      const token = await ben.makeToken('push')
      await gitOrThrow(folder, [...withToken(token), 'push', '--quiet', 'origin', source])
      const { sealRequest } = await send(ben, number, 'approved')
      assert.match(sealRequest?.facts.warnings.join(' ') ?? '', /You pushed last/)
      await ben.tap(sealRequest?.id ?? '')
      assert.match((await look(ana, number)).reviews[0]?.whyNot ?? '', /pushed last/)
      await refused(prepare(), 409, 'not-ready')
      await approve(cleo, number)
      await send(ben, number, 'changes-requested', 'Wait.')
      await refused(prepare(), 409, 'not-ready')
      await approve(ben, number)
      await repository.merge(ana, number)
    })

    test('what reviewers could not read is not merged on their approval: branches that crossed, a fix replayed away', async () => {
      const { ana, cleo, repository, folder, pathOf, approve, push } = reviewing
      let at = Date.parse('2026-01-01T00:00:00Z')
      const git = (...args: string[]) =>
        gitOrThrow(folder, args, commitAs('Ana', 'ana@example.com', (at += 60_000))).then((said) => said.trim())
      const write = async (files: Record<string, string>): Promise<string> => {
        for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
        await git('add', '--all')
        await git('commit', '--quiet', '--message', `Write ${Object.keys(files).join()}`)
        return git('rev-parse', 'HEAD')
      }
      /** Lets a branch ask for one approval, and proposes the one that is checked out for it. */
      const propose = async (target: string, source: string, over = {}) => {
        await push(target)
        await push(source)
        await ana.act('POST', `${repository.path}/protected-branches`, { branch: target })
        const rulePath = `${repository.path}/protected-branches/${target}/rule`
        const { rule } = await ana.call<{ rule: Record<string, unknown> }>('GET', rulePath)
        await ana.act('PUT', rulePath, { ...rule, approvals: 1, agentApprovals: 1, ...over })
        const wanted = { title: 'Nice', description: '', sourceBranch: source, targetBranch: target }
        const { number } = await ana.call<{ number: number }>('POST', `${repository.path}/pull-requests`, wanted)
        await approve(cleo, number)
        return {
          number,
          prepare: (method: string) => ana.call('POST', `${pathOf(number)}/merge-preparation`, { method }),
          read: await git('diff', '--name-only', await git('merge-base', target, source), source),
        }
      }

      // The fix is in the target; the source has merged it too, and kept the flaw. Against the other of the two commits
      // that both have in common nothing of that is seen.
      await git('switch', '--quiet', '--create', 'fixing', 'main')
      const flawed = await write({ 'lock.txt': 'open\n' })
      const fixed = await write({ 'lock.txt': 'shut\n' })
      await git('switch', '--quiet', '--create', 'crossed', flawed)
      const other = await write({ 'other.txt': 'x\n' })
      await git('merge', '--quiet', '--no-ff', '--message', 'Fix', fixed)
      await git('switch', '--quiet', '--create', 'crossing', other)
      await git('merge', '--quiet', '--strategy', 'ours', '--message', 'Take part', fixed)
      await write({ 'nice.txt': 'nice\n' })
      const crossed = await propose('crossed', 'crossing')
      assert.equal(crossed.read, 'nice.txt')
      const why = await refused(crossed.prepare('merge'), 409, 'not-ready')
      assert.match(why.detail ?? '', /merged into each other.*Merge crossed into crossing/)
      await refused(crossed.prepare('squash'), 409, 'not-ready')
      const { mergeability } = await ana.call<PullRequestView>('GET', pathOf(crossed.number))
      assert.equal(mergeability.state, 'not-ready')
      await git('merge', '--quiet', '--message', 'Take all', 'crossed')
      assert.equal(await git('diff', '--name-only', 'crossed', 'crossing'), 'lock.txt\nnice.txt')
      await push('crossing')
      await approve(cleo, crossed.number)
      await crossed.prepare('merge')

      // Both made the same fix, and the source took it back: seen from where they parted, nothing of that is there.
      await git('switch', '--quiet', '--create', 'replayed', flawed)
      await write({ 'lock.txt': 'shut\n' })
      await git('switch', '--quiet', '--create', 'replaying', flawed)
      await write({ 'lock.txt': 'shut\n', 'kind.txt': 'kind\n' })
      await write({ 'lock.txt': 'open\n' })
      const replayed = await propose('replayed', 'replaying', {
        methods: ['merge', 'rebase'],
        stockVerifiableOnly: false,
      })
      assert.equal(replayed.read, 'kind.txt')
      await refused(replayed.prepare('rebase'), 409, 'not-as-read')
      await replayed.prepare('merge')
    })
  })
