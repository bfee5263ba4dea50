import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { type Access, accessKinds, enforceAccess, type Guard } from './access.ts'
import { forbidden } from './problem.ts'

function guarded(called: string[]) {
  const app = Fastify()
  const guardFor =
    (name: string): Guard =>
    async (request) => {
      called.push(name)
      if (request.headers['x-refuse'] === name) throw forbidden('Not you.', 'Ask somebody else.')
    }
  const access = Object.fromEntries(accessKinds.map((kind) => [kind, guardFor(kind)])) as Record<Access, Guard>
  const again = Object.fromEntries(accessKinds.map((kind) => [kind, guardFor('again')])) as Record<Access, Guard>
  enforceAccess(app, { access, again, act: guardFor('act') })
  return app
}

test('a route that declares no access, or an unknown one, keeps the server from starting', () => {
  const app = guarded([])
  assert.throws(() => app.get('/open', () => 'x'), /route GET \/open does not declare its access/)
  const unknown = { access: 'everybody' as unknown as Access }
  assert.throws(() => app.post('/open', { config: unknown }, () => 'x'), /POST \/open does not declare its access/)
})

test('the declared guard runs before the handler, the tap after it, and a refusal ends there', async () => {
  const called: string[] = []
  const app = guarded(called)
  const act = { name: 'x.y', describe: () => Promise.resolve({ title: '', rows: [] }) }
  app.post('/act', { config: { access: 'person', act }, preHandler: async () => void called.push('own') }, () =>
    String(called.push('handler')),
  )
  await app.inject({ method: 'POST', url: '/act' })
  // What is injected never says that it has come whole.
  assert.deepEqual(called.splice(0), ['person', 'again', 'act', 'own', 'handler'])
  assert.equal((await app.inject({ method: 'POST', url: '/act', headers: { 'x-refuse': 'person' } })).statusCode, 403)
  assert.deepEqual(called.splice(0), ['person'])
  await app.inject({ method: 'POST', url: '/act', headers: { 'x-refuse': 'act' } })
  assert.deepEqual(called.splice(0), ['person', 'again', 'act'])
})

test('what a stranger sends is not read before they are refused', async () => {
  const called: string[] = []
  const app = guarded(called)
  app.addHook('preParsing', async () => void called.push('read'))
  app.post('/write', { config: { access: 'person' } }, () => 'x')
  const request = { method: 'POST', url: '/write', headers: { 'content-type': 'application/json' }, body: '{' } as const
  const stranger = { ...request, headers: { ...request.headers, 'x-refuse': 'person' } }
  assert.deepEqual([(await app.inject(stranger)).statusCode, called.splice(0)], [403, ['person']])
  assert.deepEqual([(await app.inject(request)).statusCode, called], [400, ['person', 'read']])
})

test('HEAD is guarded as GET is', async () => {
  const called: string[] = []
  const app = guarded(called)
  app.get('/read', { config: { access: 'user' } }, () => 'x')
  await app.inject({ method: 'HEAD', url: '/read' })
  assert.ok(called.includes('user'))
})

test('whoever sends a body later than its headers is judged again when it has come, and nobody else is', async (t) => {
  const called: string[] = []
  const app = guarded(called)
  const judged = Promise.withResolvers<void>()
  app.addHook('preParsing', async () => judged.resolve())
  app.post('/write', { config: { access: 'user' } }, () => 'x')
  app.get('/read', { config: { access: 'user' } }, () => 'x')
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const json = { 'content-type': 'application/json' }

  await fetch(`http://127.0.0.1:${port}/read`)
  await fetch(`http://127.0.0.1:${port}/write`, { method: 'POST' })
  assert.deepEqual(called.splice(0), ['user', 'user'])

  const late = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/write',
    headers: { ...json, 'x-refuse': 'again' },
  })
  late.write('{')
  await judged.promise
  late.end('}')
  const [answer] = (await once(late, 'response')) as [IncomingMessage]
  assert.deepEqual([answer.statusCode, called], [403, ['user', 'again']])
  answer.resume()
})
