import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createOutbound, type Outbound } from '../../outbound/outbound.ts'
import { lookAtFile } from './look-at-file.ts'

const domain = { name: 'acme.example', token: 'right' }
const proof = 'postern-domain-verification=right'

/** The domain's web server stands on another port here, and without TLS, which `outbound` is tested for. */
async function looking(answer: RequestListener): Promise<string> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(`${request.headers.host?.replace(/:\d+/, '')}${request.url}`)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const house = createOutbound({ allow: ['127.0.0.1'], resolve: async () => [{ address: '127.0.0.1' }] })
  const there: Pick<Outbound, 'request'> = {
    request(url, options) {
      const moved = new URL(String(url).replace('https:', 'http:'))
      moved.port = String(port)
      return house.request(moved, options)
    },
  }
  try {
    const look = await lookAtFile(there)(domain)
    assert.deepEqual(paths, ['acme.example/.well-known/postern-domain-verification'])
    return look.isFound ? 'found' : look.why
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('the file is found, also with a line break at its end', async () => {
  assert.equal(await looking((_request, response) => response.end(proof)), 'found')
  assert.equal(await looking((_request, response) => response.end(`${proof}\r\n`)), 'found')
})

test('a page that says more, or something else, is no proof', async () => {
  for (const body of ['', 'right', `<p>${proof}</p>`, `${proof} ${proof}`, 'postern-domain-verification=wrong'])
    assert.match(await looking((_request, response) => response.end(body)), /says something else\.$/, body)
  assert.match(
    await looking((_request, response) => response.writeHead(404).end(proof)),
    /status 404, not with the file/,
  )
})

test('an endless file is read no further than 4 kB', async () => {
  assert.match(await looking((_request, response) => response.end(proof.padEnd(5_000))), /longer than 4096 bytes/)
})

test('a redirect proves nothing and is not followed, wherever it leads', async () => {
  let asked = 0
  const inside = createServer((_request, response) => {
    asked += 1
    response.end(proof)
  }).listen(0, '127.0.0.1')
  await once(inside, 'listening')
  const { port } = inside.address() as AddressInfo
  const why = await looking((_request, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(proof),
  )
  assert.match(why, /leads elsewhere \(status 302\)\. The file must be there itself\.$/)
  assert.equal(asked, 0)
  inside.close()
})

test('a domain that leads inside the house is not asked at all, and the sentence names no address', async () => {
  const outbound = createOutbound({ allow: [], resolve: async () => [{ address: '10.0.0.7' }] })
  const look = await lookAtFile(outbound)(domain)
  assert.match(look.isFound ? 'found' : look.why, /^acme\.example leads to a private address\./)
  assert.doesNotMatch(JSON.stringify(look), /10\.0/)
})
