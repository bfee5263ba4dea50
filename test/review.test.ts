import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import type {
  CommentView,
  ReviewMade,
  ReviewState,
  ReviewView,
  ThreadView,
} from '../src/pull-requests/review/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { gitOrThrow, withToken } from '../src/walk/git.ts'
import { Person } from '../src/walk/person.ts'
import type { SealRequest } from '../src/seals/shapes.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { makeProposing, type Proposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

for (const store of stores)
  describe(`reviews, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ben: Person
    let cleo: Person
    let reader: Person
    let guest: Person
    let repository: Proposing
    let folder: string
    let count = 0

    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      repository = await makeProposing(postern, ana, 'payments/api')
      folder = join(postern.folder, 'work-payments-api')
      ben = await postern.join(ana, 'ben')
      cleo = await postern.join(ana, 'cleo')
      reader = await postern.join(ana, 'rita')
      guest = await postern.join(ana, 'gus', 'guest')
      for (const [name, role] of Object.entries({ ben: 'write', cleo: 'write', rita: 'read' }))
        await ana.act('PUT', `${repository.path}/members/user/${name}`, { role })
    })
    after(() => postern[Symbol.asyncDispose]())

    const pathOf = (number: number): string => `${repository.path}/pull-requests/${number}`
    const look = (person: Person, number: number) => person.call<ReviewState>('GET', `${pathOf(number)}/review`)
    const headOf = async (number: number) => (await ana.call<PullRequestView>('GET', pathOf(number))).headOid
    const send = async (person: Person, number: number, verdict: string, body = '', headers = {}) =>
      person.call<ReviewMade>(
        'POST',
        `${pathOf(number)}/reviews`,
        { verdict, body, headOid: await headOf(number) },
        headers,
      )
    const approve = async (person: Person, number: number, body = ''): Promise<void> => {
      const { sealRequest } = await send(person, number, 'approved', body)
      await person.tap(sealRequest?.id ?? '')
    }
    const comment = async (person: Person, number: number, given: Record<string, unknown> = {}) =>
      person.call<ThreadView>('POST', `${pathOf(number)}/threads`, {
        body: 'Why?',
        isDraft: false,
        headOid: await headOf(number),
        ...given,
      })
    const idOf = async (username: string): Promise<string> => {
      const { items } = await ana.call<{ items: { id: string; username: string }[] }>('GET', '/people')
      return items.find((person) => person.username === username)?.id ?? ''
    }
    const events = async (action: string) =>
      (await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select(['leaf'])
        .where('action', '=', action)
        .execute()) as { leaf: string }[]
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

    /** A proposal with one file of these lines. */
    const propose = async (
      lines: string[] = ['one', 'two', 'three', 'four', 'five'],
    ): Promise<{ number: number; branch: string }> => {
      const branch = `change-${++count}`
      const number = await repository.propose(branch)
      await change(branch, 'file.txt', `${lines.join('\n')}\n`)
      return { number, branch }
    }
    const change = async (branch: string, file: string, text: string, message = `Write ${file}`): Promise<string> => {
      await repository.git('switch', '--quiet', branch)
      await writeFile(join(folder, file), text)
      await repository.git('add', '--all')
      await commit('--message', message)
      return push(branch)
    }
    const commit = (...args: string[]) =>
      repository.git('-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', 'commit', '--quiet', ...args)
    const push = async (branch: string): Promise<string> => {
      await repository.git('push', '--quiet', '--force', 'origin', branch)
      return (await repository.git('rev-parse', branch)).trim()
    }
    const counted = async (number: number) =>
      (await look(ana, number)).reviews.filter(({ counts }) => counts).map(({ reviewer }) => reviewer.username)

    test('an approval is a seal over exactly the head and what it changes', async () => {
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
      assert.match(subject[1]?.digest['sha256'] ?? '', /^[0-9a-f]{64}$/)
      assert.deepEqual([predicate['action'], predicate['pullRequest']], ['approve', String(number)])
      assert.equal((await events('review.approved')).length, 1)
    })

    test('a head that moved between the look and the tap is not approved, and one that moves later voids it', async () => {
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
      await refused(ben.tap(former.sealRequest?.id ?? ''), 409, 'withdrawn')
      await ben.tap(newer.sealRequest?.id ?? '')
      await refused(ben.tap(newer.sealRequest?.id ?? ''), 409, 'already-sealed')
      await refused(cleo.tap(newer.sealRequest?.id ?? ''), 404, 'not-found')
      const readOnly = await ben.makeToken('read only', ['repository:read'])
      await refused(send(postern.stranger(), number, 'commented', 'x', bearer(readOnly)), 403, 'not-allowed')
    })

    test('an agent comments and asks for changes, and never approves; nor does its owner approve its work', async () => {
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
      // What it pushed, under whatever name, is its own as well.
      const other = await propose()
      await commit('--allow-empty', '--message', 'By nobody in particular')
      await gitOrThrow(folder, [...withToken(secret), 'push', '--quiet', 'origin', other.branch])
      assert.match((await refused(send(cleo, other.number, 'approved'), 403, 'not-allowed')).title, /your own agent/)
    })

    test('an ended account’s approval is worth nothing, and neither is one by a removed passkey', async () => {
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
      const other = await propose()
      await refused(
        ana.call('POST', `${pathOf(other.number)}/reviews/${review?.id}/dismiss`, { reason: 'x' }),
        404,
        'not-found',
      )
    })

    test('drafts are nobody else’s until they are sent, all at once', async () => {
      const { number } = await propose()
      const added = (await events('comment.added')).length
      const draft = await comment(ben, number, { path: 'file.txt', line: 2, isDraft: true, body: 'not yet' })
      const shared = await comment(ben, number, { body: 'aloud' })
      await ben.call('POST', `${pathOf(number)}/threads/${shared.id}/comments`, { body: 'and quietly', isDraft: true })
      const mine = await look(ben, number)
      assert.deepEqual([mine.threads.length, mine.draftCount, mine.openThreadCount], [2, 2, 0])
      for (const person of [ana, cleo, reader]) {
        const theirs = await look(person, number)
        assert.deepEqual([theirs.threads.length, theirs.draftCount, theirs.openThreadCount], [1, 0, 0])
        assert.doesNotMatch(JSON.stringify(theirs), /not yet|quietly/)
      }
      assert.doesNotMatch(JSON.stringify(await ana.call('GET', pathOf(number))), /not yet|quietly/)
      assert.equal((await events('comment.added')).length, added + 1)
      const hidden = draft.comments[0]?.id ?? ''
      await refused(
        ana.call('POST', `${pathOf(number)}/threads/${draft.id}/comments`, { body: 'x', isDraft: false }),
        404,
        'not-found',
      )
      await refused(ana.call('POST', `${pathOf(number)}/threads/${draft.id}/resolve`), 404, 'not-found')
      await refused(ana.call('DELETE', `${pathOf(number)}/comments/${hidden}`), 404, 'not-found')
      await refused(ana.call('POST', `${pathOf(number)}/comments/${hidden}/apply`), 404, 'not-found')
      await refused(send(cleo, number, 'commented'), 422, 'invalid-input')

      await send(ben, number, 'commented')
      const seen = await look(reader, number)
      assert.deepEqual([seen.threads.length, seen.draftCount, seen.openThreadCount], [2, 0, 1])
      assert.equal((await events('comment.added')).length, added + 3)
      assert.deepEqual(
        seen.threads.find(({ id }) => id === shared.id)?.comments.map(({ body }) => body),
        ['aloud', 'and quietly'],
      )
      for (const { leaf } of await events('comment.added')) assert.doesNotMatch(leaf, /not yet|aloud|quietly/)
    })

    test('drafts go out with the tap of an approval, and stay where there is none', async () => {
      const { number } = await propose()
      await comment(ben, number, { path: 'file.txt', line: 1, isDraft: true })
      const { sealRequest } = await send(ben, number, 'approved')
      assert.equal((await look(ana, number)).threads.length, 0)
      await ben.tap(sealRequest?.id ?? '')
      assert.equal((await look(ana, number)).threads.length, 1)
    })

    test('a comment follows its lines, and says so when they are gone', async () => {
      const { number, branch } = await propose()
      const thread = await comment(ben, number, { path: 'file.txt', startLine: 2, line: 3, body: 'These.' })
      assert.equal(thread.original.snippet, 'two\nthree')
      const first = await headOf(number)
      await change(branch, 'file.txt', 'zero\none\ntwo\nthree\nfour\nfive\n')
      const moved = (await look(ana, number)).threads[0]
      assert.deepEqual([moved?.startLine, moved?.line, moved?.isOutdated], [3, 4, false])
      // Written while looking at the head before: it finds the same line in this one.
      const late = await comment(cleo, number, { path: 'file.txt', line: 4, headOid: first })
      assert.deepEqual([late.line, late.original.snippet], [5, 'four'])
      await repository.git('mv', 'file.txt', 'renamed.txt')
      await commit('--message', 'Rename')
      await push(branch)
      const renamed = (await look(ana, number)).threads.find(({ id }) => id === thread.id)
      assert.deepEqual([renamed?.path, renamed?.line, renamed?.isOutdated], ['renamed.txt', 4, false])
      await change(branch, 'renamed.txt', 'zero\none\ntwo\n3\nfour\nfive\n')
      const gone = (await look(ana, number)).threads.find(({ id }) => id === thread.id)
      assert.deepEqual([gone?.line, gone?.isOutdated, gone?.original.snippet], [null, true, 'two\nthree'])
      await refused(comment(cleo, number, { path: 'file.txt', line: 3, headOid: first }), 409, 'head-moved')
    })

    test('a comment about what is not there is refused, whatever it is called', async () => {
      const { number, branch } = await propose()
      await change(branch, 'picture.bin', 'a\0b\n')
      for (const given of [
        { path: 'file.txt', line: 6 },
        { path: 'none.txt', line: 1 },
        { path: 'none.txt' },
        { path: '../file.txt', line: 1 },
        { path: './file.txt', line: 1 },
        { path: '/etc/passwd', line: 1 },
        { path: 'a//b', line: 1 },
        { path: 'file.txt\n', line: 1 },
        { path: 'x^{/secret}', line: 1 },
        { path: 'file.txt', startLine: 3, line: 2 },
        { path: 'picture.bin', line: 1 },
        { line: 1 },
        { body: '  \n ' },
        { body: 'a\u0000b' },
        { path: 'file.txt', line: 1, side: 'base' },
      ])
        await refused(comment(ben, number, given), 422, 'invalid-input')
      await refused(comment(ben, number, { path: 'file.txt', line: 1, headOid: 'f'.repeat(40) }), 409, 'head-moved')
      const whole = await comment(ben, number, { path: 'picture.bin' })
      assert.deepEqual([whole.path, whole.line, whole.isOutdated], ['picture.bin', null, false])
      // Nothing but what this branch once was can be looked at through a comment.
      const other = await propose()
      const foreign = await headOf(other.number)
      await refused(comment(ben, number, { path: 'file.txt', line: 1, headOid: foreign }), 409, 'head-moved')
    })

    test('words are kept as they were written, and edited and deleted by whom they belong to', async () => {
      const { number } = await propose()
      const body = '<script>alert(1)</script> **bold** \u202Eabc\r\n'
      const thread = await comment(ben, number, { body })
      const [said] = thread.comments as [CommentView]
      assert.equal(said.body, body)
      const at = `${pathOf(number)}/comments/${said.id}`
      await refused(cleo.call('PATCH', at, { body: 'mine now' }), 403, 'not-allowed')
      await refused(cleo.call('DELETE', at), 403, 'not-allowed')
      const edited = await ben.call<ThreadView>('PATCH', at, { body: 'better' })
      assert.equal(edited.comments[0]?.body, 'better')
      assert.notEqual(edited.comments[0]?.editedAt, null)
      await cleo.call('POST', `${pathOf(number)}/threads/${thread.id}/comments`, { body: 'yes', isDraft: false })
      await ana.call('DELETE', at)
      const [left] = (await look(reader, number)).threads
      assert.deepEqual(
        left?.comments.map(({ body: text, isDeleted }) => [text, isDeleted]),
        [
          ['', true],
          ['yes', false],
        ],
      )
      await refused(ben.call('PATCH', at, { body: 'back' }), 404, 'not-found')
    })

    test('ids of another pull request or repository lead nowhere', async () => {
      const one = await propose()
      const other = await propose()
      const thread = await comment(ben, one.number, { path: 'file.txt', line: 1 })
      const elsewhere = pathOf(other.number)
      const said = thread.comments[0]?.id ?? ''
      await refused(
        ana.call('POST', `${elsewhere}/threads/${thread.id}/comments`, { body: 'x', isDraft: false }),
        404,
        'not-found',
      )
      await refused(ana.call('POST', `${elsewhere}/threads/${thread.id}/resolve`), 404, 'not-found')
      await refused(ana.call('PATCH', `${elsewhere}/comments/${said}`, { body: 'x' }), 404, 'not-found')
      await refused(ana.call('DELETE', `${elsewhere}/comments/${said}`), 404, 'not-found')
      await refused(ana.call('POST', `${elsewhere}/comments/${said}/apply`), 404, 'not-found')
    })

    test('a thread is resolved by who began it, who proposed the change, and who may write', async () => {
      const { number } = await propose()
      const thread = await comment(ben, number, { path: 'file.txt', line: 1 })
      const at = `${pathOf(number)}/threads/${thread.id}`
      await refused(reader.call('POST', `${at}/resolve`), 403, 'not-allowed')
      assert.equal((await look(ana, number)).openThreadCount, 1)
      const resolved = await cleo.call<ThreadView>('POST', `${at}/resolve`)
      assert.equal(resolved.resolvedBy?.username, 'cleo')
      assert.equal((await look(ana, number)).openThreadCount, 0)
      assert.equal((await ben.call<ThreadView>('POST', `${at}/unresolve`)).resolvedAt, null)
      const own = await comment(reader, number, { path: 'file.txt', line: 2 })
      await reader.call('POST', `${pathOf(number)}/threads/${own.id}/resolve`)
      const general = await comment(ben, number)
      await refused(ana.call('POST', `${pathOf(number)}/threads/${general.id}/resolve`), 409, 'not-resolvable')
    })

    test('a suggestion becomes a commit by its author, and whoever suggested may still approve', async () => {
      const { number } = await propose(['one', 'two', 'three\r', 'four'])
      const thread = await comment(ben, number, {
        path: 'file.txt',
        line: 2,
        body: 'Better:\n```suggestion\n2\n2½\n```',
      })
      const [said] = thread.comments as [CommentView]
      assert.deepEqual(said.suggestion, { text: '2\n2½', refusal: null, appliedOid: null })
      await refused(reader.call('POST', `${pathOf(number)}/comments/${said.id}/apply`), 403, 'not-allowed')
      const { oid } = await ana.call<{ oid: string }>('POST', `${pathOf(number)}/comments/${said.id}/apply`)
      assert.equal(await headOf(number), oid)
      await repository.git('fetch', '--quiet', 'origin')
      assert.equal(await repository.git('show', `${oid}:file.txt`), 'one\n2\n2½\nthree\r\nfour\n')
      assert.equal(
        (await repository.git('show', '-s', '--format=%an %ae %cn %ce', oid)).trim(),
        'Ben Example ben@localhost Ana Example ana@localhost',
      )
      assert.equal((await repository.git('diff', '--name-only', `${oid}~`, oid)).trim(), 'file.txt')
      const [applied] = (await look(ana, number)).threads
      assert.equal(applied?.comments[0]?.suggestion?.appliedOid, oid)
      assert.notEqual(applied?.resolvedAt, null)
      await refused(ana.call('POST', `${pathOf(number)}/comments/${said.id}/apply`), 409, 'cannot-apply')
      await approve(ben, number)
      assert.deepEqual(await counted(number), ['ben'])
    })

    test('a suggestion goes nowhere but into the lines it was made for', async () => {
      const { number, branch } = await propose()
      const body = '```suggestion\nx\n```'
      const apply = (thread: ThreadView) =>
        ana.call('POST', `${pathOf(number)}/comments/${thread.comments[0]?.id}/apply`)
      const general = await comment(ben, number, { body })
      await refused(apply(general), 409, 'no-suggestion')
      const before_ = await comment(ben, number, { body, path: 'README.md', line: 1, side: 'base' })
      await refused(apply(before_), 409, 'cannot-apply')
      const outdated = await comment(ben, number, { body, path: 'file.txt', line: 2 })
      await change(branch, 'file.txt', 'one\n2\nthree\nfour\nfive\n')
      await refused(apply(outdated), 409, 'cannot-apply')
      const { symlink } = await import('node:fs/promises')
      await symlink('/etc/passwd', join(folder, 'link'))
      await change(branch, 'other.txt', 'x\n')
      const link = await comment(ben, number, { body, path: 'link', line: 1 })
      await refused(apply(link), 409, 'cannot-apply')
      const same = await comment(ben, number, { body, path: 'other.txt', line: 1 })
      await refused(apply(same), 409, 'nothing-changes')
    })

    test('a suggestion moves a branch by the rules of a push', async () => {
      const { number, branch } = await propose()
      const body = '```suggestion\nx\n```'
      const { comments } = await comment(ben, number, { body, path: 'file.txt', line: 1 })
      const apply = () => ana.call('POST', `${pathOf(number)}/comments/${comments[0]?.id}/apply`)
      await setRules(ana, [shipped('tap-to-push', { title: 'Tap for each change', where: { branches: ['change-*'] } })])
      const asked = await refused(apply(), 403, 'not-allowed')
      assert.match(asked.title, /“Tap for each change”/)
      await setRules(ana, [])
      await ana.act('POST', `${repository.path}/protected-branches`, { branch })
      await refused(apply(), 403, 'protected-branch')
    })

    test('a branch’s rule asks for a kind of key, before the tap and at it', async () => {
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

    test('reviewers are asked by who tends it, told by an event each, and shown with what they said', async () => {
      const { number } = await propose()
      const [benId, ritaId, gusId, anaId] = await Promise.all(['ben', 'rita', 'gus', 'ana'].map(idOf))
      const ask = (person: Person, users: (string | undefined)[], groups: string[] = []) =>
        person.call<ReviewState>('PUT', `${pathOf(number)}/reviewers`, { users, groups })
      await refused(ask(reader, [benId]), 403, 'not-allowed')
      await refused(ask(ana, [gusId]), 422, 'invalid-input')
      await refused(ask(ana, [anaId]), 422, 'invalid-input')
      await refused(ask(ana, ['usr_none']), 422, 'invalid-input')
      await refused(ask(ana, [], ['grp_none']), 422, 'invalid-input')
      const group = await ana.act<{ id: string }>('POST', '/groups', { name: `crew-${number}`, description: '' })
      await ana.act('PUT', `/groups/crew-${number}/members/ben`, {})
      const asked = (await events('review.requested')).length
      const state = await ask(cleo, [benId, ritaId], [group.id])
      assert.deepEqual(
        state.reviewers.map(({ name, state: said, isRequested }) => `${name} ${said} ${isRequested}`).toSorted(),
        ['ben waiting true', `crew-${number} waiting true`, 'rita waiting true'],
      )
      assert.equal((await events('review.requested')).length, asked + 3)
      await ask(cleo, [benId], [group.id])
      assert.equal((await events('review.requested')).length, asked + 3)
      await approve(ben, number)
      const { reviewers } = await look(ana, number)
      assert.deepEqual(reviewers.map(({ name, state: said }) => `${name} ${said}`).toSorted(), [
        'ben approved',
        `crew-${number} approved`,
      ])
    })

    test('what was merged is not reviewed any more, but may be talked about', async () => {
      const { number } = await propose()
      const { sealRequest } = await send(cleo, number, 'approved')
      await repository.merge(ana, number)
      await refused(cleo.tap(sealRequest?.id ?? ''), 409, 'already-merged')
      await refused(send(ben, number, 'changes-requested', 'late'), 409, 'already-merged')
      assert.match((await look(ben, number)).can.approveRefusal ?? '', /merged/)
      const thread = await comment(ben, number, { path: 'file.txt', line: 1 })
      assert.equal(thread.isOutdated, false)
      assert.equal((await send(ben, number, 'commented', 'Nice.')).review?.verdict, 'commented')
    })
  })
