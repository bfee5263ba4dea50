import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { openTestDoor } from './ssh-testing.ts'

async function come(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket.resume(), 'connect')
  return socket
}

test('whoever proves nothing is let go of, whether they speak or not', async () => {
  await using door = await openTestDoor({ graceMs: 50 })
  const silent = await come(door.server.port())
  const speaking = await come(door.server.port())
  speaking.write('SSH-2.0-test\r\n')
  // The first may have been let go of while the second came.
  for (const socket of [silent, speaking]) if (!socket.closed) await once(socket, 'close')
})

test('one address comes in so often a minute and no more', async () => {
  let refused = 0
  await using door = await openTestDoor({ rateLimit: 3, onRefused: () => (refused += 1) })
  const sockets = await Promise.all(Array.from({ length: 3 }, () => come(door.server.port())))
  const fourth = connect(door.server.port(), '127.0.0.1').on('error', () => undefined)
  await once(fourth.resume(), 'close')
  assert.equal(refused, 1)
  assert.ok(sockets.every((socket) => !socket.destroyed))
  for (const socket of sockets) socket.destroy()
})

test('a port that is taken is an error of the start', async () => {
  await using door = await openTestDoor()
  await assert.rejects(openTestDoor({ port: door.server.port() }), { code: 'EADDRINUSE' })
})

test('a door that closes lets go of everybody', async () => {
  const door = await openTestDoor()
  const socket = await come(door.server.port())
  const closed = once(socket, 'close')
  await door.server.close()
  await closed
  await door.server.close()
})
