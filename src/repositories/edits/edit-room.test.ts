import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import type { Caller } from '../../identity/caller.ts'
import { createEditRoom } from './edit-room.ts'

test('one account leaves room for others where bodies are large, and its places are free again when it is gone', async () => {
  const app = Fastify()
  const room = createEditRoom()
  const read: string[] = []
  const waiting = new Map<string, () => void>()
  const heard = (event: string) => new Promise<void>((resolve) => void waiting.set(event, resolve))
  app.decorateRequest('caller', undefined)
  app.post('/', {
    bodyLimit: 3 * 1024 ** 2,
    onRequest: async (request, reply) => {
      const { who, number } = request.headers as Record<string, string>
      request.caller = { id: who } as Caller
      reply.raw.once('close', () => waiting.get(`gone ${number}`)?.())
      waiting.get(`comes ${number}`)?.()
    },
    preParsing: async (request, reply) => {
      await room.forBody(request, reply)
      read.push(String(request.headers['number']))
      waiting.get(`read ${String(request.headers['number'])}`)?.()
    },
    handler: () => 'done',
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const sockets: Socket[] = []
  async function send(who: string, number: string, event: 'comes' | 'read', size = 'Content-Length: 2000000') {
    const told = heard(`${event} ${number}`)
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    const head = ['POST / HTTP/1.1', 'Host: x', `Who: ${who}`, `Number: ${number}`, size]
    socket.write(`${[...head, 'Content-Type: application/json'].join('\r\n')}\r\n\r\n`)
    await told
    return socket
  }
  try {
    const first = await send('ana', '1', 'read')
    await send('ana', '2', 'read')
    await send('ana', '4', 'read', 'Transfer-Encoding: chunked')
    const gone = await send('ana', '5', 'comes')
    const turn = heard('read 6')
    await send('ana', '6', 'comes')
    await send('ana', '7', 'read', 'Content-Length: 1000')
    await send('bo', '8', 'read')
    assert.deepEqual(read, ['1', '2', '4', '7', '8'])
    // Who gave up in the line takes nobody's turn.
    const left = heard('gone 5')
    gone.destroy()
    await left
    first.destroy()
    await turn
  } finally {
    for (const socket of sockets) socket.destroy()
    await app.close()
  }
})
