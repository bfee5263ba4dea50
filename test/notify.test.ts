import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { NotificationView } from '../src/notify/shapes.ts'
import type { InboxItem } from '../src/seals/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { until } from './support/git-remote.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { makeProposing } from './support/proposed.ts'
import { startPushService } from './support/push-service.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`somebody whose tap is asked for, on ${store.name}`, () => {
    let mail: MailServer
    let service: Awaited<ReturnType<typeof startPushService>>
    let postern: StartedPostern
    let ana: Person
    let eve: Person
    before(async () => {
      mail = await startMailServer()
      service = await startPushService()
      postern = await startPostern({
        flags: [
          ...(await store.flags()),
          '--smtp-url',
          `smtp://127.0.0.1:${mail.port}`,
          '--mail-from',
          'Postern <postern@example.com>',
          '--outbound-allow',
          '127.0.0.1/32',
        ],
      })
      ana = await postern.owner()
      eve = await postern.join(ana, 'eve', 'admin')
      await setRules(ana, [shipped('two-people')])
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })

    /** Ana asks for a second tap, and takes it back when `work` is done with what Eve then finds in her inbox. */
    async function asking(work: (item: InboxItem) => Promise<void>): Promise<void> {
      const { change } = await setRules(ana, [])
      const { items } = await eve.call<{ items: InboxItem[] }>('GET', '/inbox')
      await work(items[0] ?? assert.fail('nothing waits'))
      await ana.call('POST', `/policy/changes/${change.id}/withdraw`)
    }
    async function letterTo(username: string, subject: RegExp): Promise<string> {
      for (;;) {
        const letter = await mail.next()
        if (letter.to[0] === `${username}@example.com` && subject.test(letter.headers.get('subject') ?? ''))
          return letter.text
      }
    }

    test('gets a letter with the link, unless they want none', async () => {
      await asking(async ({ code }) => {
        const text = await letterTo('eve', /Something waits for your tap/)
        assert.match(text, /Ana Example asks for your tap: “/)
        assert.ok(text.includes(`${postern.origin}/s/${code}`))
      })

      const off = await eve.call<NotificationView>('PUT', '/me/notifications', { letters: false })
      assert.deepEqual(off.letters, { isMailSetUp: true, isOn: false })
      await eve.call('POST', '/me/push-subscriptions', service.subscription('phone'))
      // Told in the browser, so a letter would have been written too.
      await asking(async () => void (await service.next()))
      const { database } = postern.postern.ceremonies
      const letters = await database.read.selectFrom('letter').select('id').where('kind', '=', 'tap-waits').execute()
      assert.equal(letters.length, 1)
    })

    test('and one when their review is asked for, as long as they want letters', async () => {
      const repository = await makeProposing(postern, ana, 'payments/api')
      await ana.act('PUT', `${repository.path}/members/user/eve`, { role: 'write' })
      await eve.call('PUT', '/me/notifications', { letters: true })
      const { id } = await eve.call<{ id: string }>('GET', '/me')
      const number = await repository.propose('asked')
      await ana.call('PUT', `${repository.path}/pull-requests/${number}/reviewers`, { users: [id], groups: [] })
      const text = await letterTo('eve', /Your review is asked for/)
      assert.match(text, /Ana Example asks for your review of payments\/api#1/)
      assert.ok(text.includes(`${postern.origin}/payments/api/pull-requests/${number}`))

      // A group of which not all may read it; of a draft once it is ready, and then once.
      const gil = await postern.join(ana, 'gil')
      const group = await ana.act<{ id: string }>('POST', '/groups', { name: 'crew', description: '' })
      for (const name of ['eve', 'gil']) await ana.act('PUT', `/groups/crew/members/${name}`, {})
      const path = `${repository.path}/pull-requests/${await repository.propose('drafted')}`
      await refused(gil.call('GET', path), 404, 'not-found')
      const { database } = postern.postern.ceremonies
      const toldOf = async () =>
        (
          await database.read
            .selectFrom('letter')
            .innerJoin('user', 'user.id', 'letter.toUserId')
            .select('user.username')
            .where('letter.kind', '=', 'review-requested')
            .execute()
        ).map(({ username }) => username)
      await ana.call('PATCH', path, { isDraft: true })
      await ana.call('PUT', `${path}/reviewers`, { users: [], groups: [group.id] })
      assert.deepEqual(await toldOf(), ['eve'])
      for (const isDraft of [false, true, false]) await ana.call('PATCH', path, { isDraft })
      assert.deepEqual(await toldOf(), ['eve', 'eve'])
      await eve.call('PUT', '/me/notifications', { letters: false })
    })

    test('and of what is said about a pull request, where it is said to them and they may read it', async () => {
      const repository = await makeProposing(postern, ana, 'talk/api')
      await postern.join(ana, 'gus', 'guest')
      await eve.call('PUT', '/me/notifications', { letters: true })
      const path = `${repository.path}/pull-requests/${await repository.propose('said')}`
      const { headOid } = await eve.call<{ headOid: string }>('GET', path)
      const { database } = postern.postern.ceremonies
      const all = () =>
        database.read
          .selectFrom('letter')
          .innerJoin('user', 'user.id', 'letter.toUserId')
          .select(['letter.id', 'letter.kind', 'letter.subject', 'user.username'])
          .orderBy('letter.id')
          .execute()
      /** Which letters came by it, to whom. */
      const by = async (work: Promise<unknown>): Promise<string[]> => {
        const before = new Set((await all()).map(({ id }) => id))
        await work
        const fresh = (await all()).filter(({ id }) => !before.has(id))
        return fresh.map(({ username, subject }) => `${username}: ${subject}`)
      }
      const say = (person: Person, body: string, isDraft = false) =>
        person.call<{ id: string }>('POST', `${path}/threads`, {
          path: 'said.txt',
          side: 'head',
          line: 1,
          headOid,
          body,
          isDraft,
        })
      assert.deepEqual(await by(say(ana, 'Note to myself, @ana')), [])
      const thread = say(eve, 'Why, @ana? And what do you think, @gus, `@eve`?')
      assert.deepEqual(await by(thread), ['ana: Somebody speaks to you'])
      for (const body of ['Also here', 'And @ana, here'])
        assert.deepEqual(await by(say(eve, body)), [], 'one letter is enough for some minutes, and says so')
      const reply = { body: 'Because.', isDraft: false }
      const answered = ana.call('POST', `${path}/threads/${(await thread).id}/comments`, reply)
      assert.deepEqual(await by(answered), ['eve: Somebody answered you'])
      assert.deepEqual(await by(say(eve, 'Kept to myself, @ana', true)), [])
      const review = { verdict: 'changes-requested', body: '', headOid }
      assert.deepEqual(await by(eve.call('POST', `${path}/reviews`, review)), [
        'ana: Somebody asks for changes of your pull request',
      ])
      assert.match(
        await letterTo('ana', /asks for changes/),
        /Eve Example asks for changes of talk\/api#1\.[^]*\/talk\/api\/pull-requests\/1/,
      )
      assert.deepEqual(await by(eve.call('POST', `${path}/close`, {})), ['ana: Your pull request was closed'])

      // Whoever proposed it hears of a review once, whatever was written in it and to whom.
      const other = `${repository.path}/pull-requests/${await repository.propose('other')}`
      const head = (await ana.call<{ headOid: string }>('GET', other)).headOid
      const line = { path: 'other.txt', side: 'head', line: 1, headOid: head, isDraft: false }
      const own = await ana.call<{ id: string }>('POST', `${other}/threads`, { ...line, body: 'Is this right?' })
      assert.deepEqual(await by(eve.call('POST', `${other}/threads`, { ...line, body: 'Well.' })), [
        'ana: Somebody says something about your pull request',
      ])
      const draft = { body: 'No, @ana.', isDraft: true }
      await eve.call('POST', `${other}/threads/${own.id}/comments`, draft)
      const sent = eve.call('POST', `${other}/reviews`, { ...review, headOid: head })
      assert.deepEqual(await by(sent), ['ana: Somebody asks for changes of your pull request'])
      await eve.call('PUT', '/me/notifications', { letters: false })
    })

    test('is told in their browser, with words that only it can open and that tell nothing', async () => {
      await asking(async ({ code }) => {
        const message = await service.next()
        assert.equal(message.headers['content-encoding'], 'aes128gcm')
        assert.match(String(message.headers['authorization']), /^vapid t=ey.*, ?k=/)
        assert.ok(Number(message.headers['ttl']) > 0)
        assert.deepEqual(service.open(message), {
          title: 'Postern',
          body: 'Something waits for your tap.',
          path: `/s/${code}`,
        })
      })
    })

    test('and a browser that is gone is forgotten', async () => {
      service.answer(410)
      await asking(async () => void (await service.next()))
      const until = Date.now() + 60_000
      for (;;) {
        const { push } = await eve.call<NotificationView>('GET', '/me/notifications')
        if (push.browsers.length === 0) break
        assert.ok(Date.now() < until, 'it was never forgotten')
      }
      service.answer(201)
    })

    test('nobody can make the server call inside the house, or be told for somebody else', async () => {
      const { keys } = service.subscription('x')
      for (const endpoint of ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'ftp://example.com/x', 'nonsense!!'])
        await refused(eve.call('POST', '/me/push-subscriptions', { endpoint, keys }), 422, 'invalid-input')
      const short = { ...service.subscription('x'), keys: { ...keys, p256dh: 'AAAA' } }
      await refused(eve.call('POST', '/me/push-subscriptions', short), 422, 'invalid-input')
      const { push } = await eve.call<NotificationView>('POST', '/me/push-subscriptions', service.subscription('mine'))
      const [browser] = push.browsers
      await refused(ana.call('DELETE', `/me/push-subscriptions/${browser?.id}`), 404, 'not-found')
      // The same browser in other hands belongs to who has it now.
      await ana.call('POST', '/me/push-subscriptions', service.subscription('mine'))
      assert.deepEqual((await eve.call<NotificationView>('GET', '/me/notifications')).push.browsers, [])
    })

    test('is worn down by nobody: a program that asks and takes back without end is heard thirty times an hour', async () => {
      await ana.act('POST', '/agents', { username: 'nag', displayName: 'Nag' })
      const { secret } = await ana.act<{ secret: string }>('POST', '/agents/nag/tokens', {
        name: 'asks',
        scopes: ['ask'],
        repositoryIds: null,
        expiresInDays: 1,
      })
      const asProgram = <Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> =>
        postern.stranger().call(method, path, body, { authorization: `Bearer ${secret}` })
      const { database } = postern.postern.ceremonies
      const waiting = () =>
        database.read
          .selectFrom('sealRequest')
          .select('id')
          .where('announcedAt', 'is', null)
          .where('state', '=', 'open')
          .execute()
      const ask = async (times: number): Promise<void> => {
        const made: string[] = []
        for (let time = 0; time < times; time += 1) {
          const asked = { title: `Please ${time}`, details: [], subjects: [] }
          made.push(...(await asProgram<{ sealRequests: string[] }>('POST', '/permissions', asked)).sealRequests)
        }
        await until(waiting, (left) => left.length === 0)
        for (const id of made) await asProgram('POST', `/seal-requests/${id}/withdraw`)
      }
      for (const times of [20, 20]) await ask(times)
      const letters = await database.read
        .selectFrom('letter')
        .innerJoin('user', 'user.id', 'letter.toUserId')
        .select('letter.id')
        .where('letter.kind', '=', 'tap-waits')
        .where('username', '=', 'ana')
        .execute()
      assert.equal(letters.length, 30)
    })
  })
