import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { join } from 'node:path'

import type { CommentView, ReviewState, ThreadView } from '../src/pull-requests/review/shapes.ts'

import { Person } from '../src/walk/person.ts'

import { setRules, shipped } from './support/guardrails.ts'

import { refused } from './support/refusal.ts'
import { type Reviewing, startReviewing } from './support/reviewing.ts'

import { eitherStore } from './support/stores.ts'

/** Threads, drafts, suggestions, requested reviewers. */
for (const store of eitherStore)
  describe(`what is said in a review, on ${store.name}`, () => {
    let reviewing: Reviewing
    before(async () => {
      reviewing = await startReviewing(await store.flags())
    })
    after(() => reviewing[Symbol.asyncDispose]())

    test('drafts are nobody else’s until they are sent, all at once', async () => {
      const { ana, ben, cleo, reader, pathOf, look, send, comment, events, propose } = reviewing
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
      const { ana, ben, look, send, comment, propose } = reviewing
      const { number } = await propose()
      await comment(ben, number, { path: 'file.txt', line: 1, isDraft: true })
      const { sealRequest } = await send(ben, number, 'approved')
      assert.equal((await look(ana, number)).threads.length, 0)
      await ben.tap(sealRequest?.id ?? '')
      assert.equal((await look(ana, number)).threads.length, 1)
    })

    test('a comment follows its lines, and says so when they are gone', async () => {
      const { ana, ben, cleo, repository, look, headOf, comment, propose, change, commit, push } = reviewing
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
      const { ben, headOf, comment, propose, change } = reviewing
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
      const { ana, ben, cleo, reader, pathOf, look, comment, propose } = reviewing
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
      const { ana, ben, pathOf, comment, propose } = reviewing
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
      const { ana, ben, cleo, reader, pathOf, look, comment, propose } = reviewing
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
      const { ana, ben, reader, repository, pathOf, look, headOf, approve, comment, propose, counted } = reviewing
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
      const { ana, ben, folder, pathOf, comment, propose, change } = reviewing
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
      const { ana, ben, repository, pathOf, comment, propose } = reviewing
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

    test('reviewers are asked by who tends it, told by an event each, and shown with what they said', async () => {
      const { ana, ben, cleo, reader, pathOf, look, approve, idOf, events, propose } = reviewing
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
      const { ana, ben, cleo, repository, look, send, comment, propose } = reviewing
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
