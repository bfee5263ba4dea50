import assert from 'node:assert/strict'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { listenAtOtherLoopback } from './other-loopback.ts'

test('what listens at one of the addresses of localhost answers at all of them', async () => {
  const server = createServer((_request, response) => response.end('here'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  {
    await using _others = await listenAtOtherLoopback(server)
    for (const { address: host } of await lookup('localhost', { all: true })) {
      const asked = request({ host, port: address.port, agent: false }).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      assert.equal(await text(answer), 'here', host)
    }
  }
  server.closeAllConnections()
  server.close()
})
