import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import fastify, { type FastifyRequest } from 'fastify'
import { trackConnections } from './open-connections.ts'

const account = (request: FastifyRequest): string[] => [String(request.headers['x-account'])]

async function startApp(beforeIsKnown: () => Promise<void> = () => Promise.resolve()) {
  const app = fastify()
  const connections = trackConnections(app, { accountsOf: account })
  app.get('/stream', {
    onRequest: () => beforeIsKnown(),
    handler: (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200)
      reply.raw.write('begins')
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const open = (name: string) => {
    const sent = request({ port: address.port, path: '/stream', headers: { 'x-account': name }, agent: false })
    sent.on('error', () => {})
    sent.end()
    return sent
  }
  return { app, connections, open }
}

test('a cut ends what one account has open, and nobody else’s', async () => {
  const { app, connections, open } = await startApp()
  const [one, other] = [open('ana'), open('ben')]
  const [[first], [second]] = (await Promise.all([once(one, 'response'), once(other, 'response')])) as [
    [import('node:http').IncomingMessage],
    [import('node:http').IncomingMessage],
  ]
  const closed = new Promise((resolve) =>
    first
      .on('close', resolve)
      .on('error', () => {})
      .resume(),
  )
  assert.equal(connections.cut('ana'), 1)
  await closed
  assert.equal(connections.count('ben'), 1)
  assert.equal(second.destroyed, false)
  other.destroy()
  await app.close()
})

test('a request that was let in just before the cut, and is known only after it, is cut as well', async () => {
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const { app, connections, open } = await startApp(() => {
    reached.resolve()
    return goOn.promise
  })
  const late = open('ana')
  const gone = new Promise((resolve) => late.once('close', resolve))
  await reached.promise
  connections.cut('ana')
  goOn.resolve()
  await gone
  assert.equal(connections.count('ana'), 0)
  // One that begins afterwards is the door's to judge: the account may be back.
  const next = open('ana')
  await once(next, 'response')
  next.destroy()
  await app.close()
})
