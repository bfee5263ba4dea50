import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { Type } from 'typebox'
import { closeBody } from './closed-body.ts'

test('what a route does not name, its body cannot hold', async () => {
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false } } })
  app.addHook('onRoute', closeBody)
  const Named = Type.Object({ name: Type.String() })
  const bodies = {
    plain: Named,
    either: Type.Union([Type.Null(), Named]),
    open: Type.Object({ name: Type.String() }, { additionalProperties: true }),
    record: Type.Record(Type.String(), Type.String()),
  }
  for (const [path, body] of Object.entries(bodies)) app.post(`/${path}`, { schema: { body } }, () => 'taken')
  app.post('/none', () => 'taken')
  const send = async (path: string, payload: object): Promise<number> =>
    (await app.inject({ method: 'POST', url: `/${path}`, payload })).statusCode
  for (const path of [...Object.keys(bodies), 'none']) {
    assert.equal(await send(path, { name: 'a' }), 200, path)
    const isClosed = path === 'plain' || path === 'either'
    assert.equal(await send(path, { name: 'a', caller: 'b' }), isClosed ? 400 : 200, path)
  }
})
