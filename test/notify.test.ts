import assert from 'node:assert/strict'
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { NotificationView } from '../src/notify/shapes.ts'
import type { InboxItem } from '../src/seals/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { makeProposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

interface Received {
  path: string
  headers: Record<string, unknown>
  body: Buffer
}

/** A browser maker's push service, and a browser that listens at it. */
async function startPushService() {
  const browser = createECDH('prime256v1')
  browser.generateKeys()
  const auth = randomBytes(16)
  const received: Received[] = []
  const waiting: ((message: Received) => void)[] = []
  let status = 201
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
      const next = waiting.shift()
      if (next === undefined) received.push(message)
      else next(message)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    subscription: (name: string) => ({
      endpoint: `http://127.0.0.1:${port}/${name}`,
      keys: { p256dh: browser.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
    }),
    next: async () => received.shift() ?? new Promise<Received>((resolve) => waiting.push(resolve)),
    answer: (next: number) => (status = next),
    /** RFC 8188 §2 and RFC 8291 §3.4, read as the browser reads it. */
    open({ body }: Received): Record<string, string> {
      const salt = body.subarray(0, 16)
      const keyId = body.subarray(21, 21 + (body[20] ?? 0))
      const shared = browser.computeSecret(keyId)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), keyId])
      const secret = Buffer.from(hkdfSync('sha256', shared, auth, info, 32))
      const derive = (what: string, bytes: number) =>
        Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), bytes))
      const sealed = body.subarray(21 + keyId.length)
      const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
      decipher.setAuthTag(sealed.subarray(-16))
      const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
      return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString()) as Record<string, string>
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

for (const store of stores)
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
      const until = Date.now() + 10_000
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
  })
