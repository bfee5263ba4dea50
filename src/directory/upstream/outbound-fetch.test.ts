import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createOutbound, OutboundError } from '../../outbound/outbound.ts'
import { createFetch } from './outbound-fetch.ts'

async function serving(answer: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const house = createOutbound({ allow: ['127.0.0.0/8'] })
const fails = (work: Promise<unknown>) => assert.rejects(work, OutboundError)

test('a form is sent as it is, and the answer comes whole', async () => {
  await using server = await serving((request, response) => {
    request.setEncoding('utf8')
    request.on('data', (body: string) =>
      response.setHeader('content-type', 'text/plain').end(`${request.method} ${body}`),
    )
  })
  const body = new URLSearchParams({ code: 'a b' })
  const response = await createFetch(house)(server.url, { method: 'POST', headers: new Headers({ accept: 'x' }), body })
  assert.equal(response.status, 200)
  assert.equal(await response.text(), 'POST code=a+b')
})

test('what is inside the house, leads elsewhere, has no end or takes too long is not fetched', async () => {
  await using redirecting = await serving((_request, response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  })
  await using endless = await serving((_request, response) => {
    response.end('x'.repeat(300 * 1024))
  })
  await using silent = await serving(() => {})
  await fails(createFetch(createOutbound({ allow: [] }))(redirecting.url, {}))
  await fails(createFetch(house)(redirecting.url, {}))
  await fails(createFetch(house)(endless.url, {}))
  await fails(createFetch(house, 50)(silent.url, {}))
})
