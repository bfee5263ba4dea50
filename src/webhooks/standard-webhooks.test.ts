import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { newWebhookSecret, signWebhook } from './standard-webhooks.ts'

test('signs as the libraries of Standard Webhooks do', () => {
  assert.deepEqual(
    signWebhook({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: 1_614_265_330_999,
      body: '{"test": 2432232314}',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    }),
    {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  )
})

test('a secret is 32 random bytes', () => {
  const secret = newWebhookSecret()
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.notEqual(secret, newWebhookSecret())
})

test('the lines of the guide take what we sign, and nothing else', async () => {
  const guide = readFileSync(new URL('../../docs/guides/webhooks.md', import.meta.url), 'utf8')
  const lines = /```js\n(.*?)```/s.exec(guide)?.[1] ?? ''
  const { isFromPostern } = (await import(`data:text/javascript,${encodeURIComponent(lines)}`)) as {
    isFromPostern(headers: Record<string, string>, body: string, secret: string): boolean
  }
  const [secret, other] = [newWebhookSecret(), newWebhookSecret()]
  const signed = (sentAt: number) => signWebhook({ id: 'dlv_1', sentAt, body: '{}', secrets: [other, secret] })
  assert.ok(isFromPostern(signed(Date.now()), '{}', secret))
  assert.ok(isFromPostern(signed(Date.now()), '{}', other))
  assert.ok(!isFromPostern(signed(Date.now()), '{ }', secret))
  assert.ok(!isFromPostern(signed(Date.now()), '{}', newWebhookSecret()))
  assert.ok(!isFromPostern(signed(Date.now() - 600_000), '{}', secret))
  assert.ok(!isFromPostern({ ...signed(Date.now()), 'webhook-id': 'dlv_2' }, '{}', secret))
})
