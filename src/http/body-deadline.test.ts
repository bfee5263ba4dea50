import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import Fastify, { type FastifyRequest } from 'fastify'
import { giveBodyTime, limitBodyTime } from './body-deadline.ts'

test('a body that never ends is cut off, except on git routes and where it was given more time', async () => {
  const app = Fastify({ requestTimeout: 0 })
  limitBodyTime(app, 20)
  app.addContentTypeParser('application/git', (_request, body, done) => done(null, body))
  const onRequest = async (request: FastifyRequest) => giveBodyTime(request, 60_000)
  app.post('/large', { config: { access: 'public' }, onRequest }, (request) => request.body)
  app.post('/api', { config: { access: 'public' } }, () => 'done')
  app.post('/question', { config: { access: 'git', hasShortBody: true } }, () => 'done')
  app.post('/git', { config: { access: 'git' } }, async (request) => text(request.body as NodeJS.ReadableStream))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  try {
    for (const path of ['/api', '/question']) {
      const cut = connect(port, '127.0.0.1').on('error', () => {})
      cut.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`)
      await new Promise((resolve) => cut.once('close', resolve))
    }

    // Longer than the deadline of the other, which has just passed for a connection opened before this one.
    const kept = connect(port, '127.0.0.1')
    kept.write(
      'POST /git HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/git\r\nContent-Length: 2\r\n\r\na',
    )
    const large = connect(port, '127.0.0.1')
    large.write(
      'POST /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[',
    )
    const other = connect(port, '127.0.0.1').on('error', () => {})
    other.write('POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
    await new Promise((resolve) => other.once('close', resolve))
    large.end(']')
    assert.match(await text(large), /^HTTP\/1.1 200 [\s\S]*\r\n\r\n\[\]$/)
    kept.end('b')
    assert.match(await text(kept), /^HTTP\/1.1 200 [\s\S]*\r\n\r\nab$/)
  } finally {
    await app.close()
  }
})
