import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from './app.ts'
import { openapiRoutes } from './openapi.ts'

test('the description of the API is written once, however many ask for it', async (t) => {
  const url = new URL('http://localhost:3000')
  const app = createApp({ url, trustedProxies: [], tls: undefined, log: { level: 'error' } })
  t.after(() => app.close())
  await openapiRoutes(app, { url: url.origin, version: '0.0.0' })
  await app.ready()
  const described = t.mock.method(app, 'swagger')
  const ask = () => app.inject({ url: '/api/v1/openapi.json', headers: { host: url.host } })
  const first = await ask()
  assert.match(first.headers['content-type'] ?? '', /^application\/json/)
  assert.equal(first.json<{ info: { title: string } }>().info.title, 'Postern')
  assert.equal((await ask()).body, first.body)
  assert.equal(described.mock.callCount(), 1)
})
