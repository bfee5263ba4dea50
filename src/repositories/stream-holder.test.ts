import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { createApp } from '../http/app.ts'
import type { Caller } from '../identity/caller.ts'
import { currentHolder, onOwnBehalf } from './on-behalf.ts'
import { workForCallers } from './stream-holder.ts'

test('what a request has git do is its caller’s, or its address’s, until somebody goes on by themselves', async () => {
  const url = new URL('http://localhost:7400')
  const app = createApp({ url, trustedProxies: [], tls: undefined, log: { level: 'error' } })
  app.decorateRequest('caller', undefined)
  workForCallers(app)
  app.addHook('onRoute', (route) => {
    route.onRequest = async (request) => {
      await Promise.resolve()
      if (request.headers.authorization !== undefined) request.caller = { id: 'usr_ana' } as Partial<Caller> as Caller
    }
  })
  app.post('/ask', { schema: { body: Type.Object({ a: Type.Integer() }) } }, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return [currentHolder(), await onOwnBehalf(async () => currentHolder() ?? 'nobody')]
  })
  const ask = async (headers: Record<string, string>): Promise<unknown> =>
    (
      await app.inject({ method: 'POST', url: '/ask', headers: { host: url.host, ...headers }, payload: { a: 1 } })
    ).json<unknown>()
  const [known, unknown] = await Promise.all([ask({ authorization: 'x' }), ask({})])
  assert.deepEqual(known, [{ account: 'usr_ana' }, 'nobody'])
  assert.deepEqual(unknown, [{ stranger: '127.0.0.1' }, 'nobody'])
  assert.equal(currentHolder(), undefined)
  await app.close()
})
