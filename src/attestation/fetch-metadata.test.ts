import assert from 'node:assert/strict'
import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { makeBlob, makeBlobSigner } from '../protocols/webauthn/test-blob.ts'
import { fetchMetadata } from './fetch-metadata.ts'

async function serving(answer: RequestListener): Promise<{ url: URL } & AsyncDisposable> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
const never = new AbortController().signal

test('brings the blob, also from another path of the same place', async () => {
  const blob = makeBlob(makeBlobSigner())
  await using server = await serving((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/blob.jwt' }).end()
    else response.end(blob)
  })
  assert.equal(await fetchMetadata(server.url, never), blob)
})

test('is not led elsewhere: a name inside the house could be the goal', async () => {
  let asked = 0
  await using inside = await serving((_request, response) => {
    asked++
    response.end('secret')
  })
  await using server = await serving((_request, response) =>
    response.writeHead(302, { location: inside.url.href }).end(),
  )
  await assert.rejects(fetchMetadata(server.url, never), /leads on to 127\.0\.0\.1:\d+, which was not asked for/)
  assert.equal(asked, 0)
})

test('is not led round in circles', async () => {
  await using server = await serving((_request, response) => response.writeHead(302, { location: '/' }).end())
  await assert.rejects(fetchMetadata(server.url, never), /only ever leads on/)
})

test('stops at 20 MB, whatever length was announced', async () => {
  await using server = await serving((_request, response) => {
    const part = Buffer.alloc(1024 * 1024, 'a')
    const send = (): void => {
      while (!response.destroyed && response.write(part));
      if (!response.destroyed) response.once('drain', send)
    }
    send()
  })
  await assert.rejects(fetchMetadata(server.url, never), /more than 20 MB/)
})

test('says in a sentence what went wrong', async () => {
  await using server = await serving((request, response) => {
    if (request.url === '/503') response.writeHead(503).end()
    else request.socket.destroy()
  })
  await assert.rejects(fetchMetadata(new URL('/503', server.url), never), /answers 503\.$/)
  await assert.rejects(fetchMetadata(server.url, never), /does not answer\.$/)
})
