import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import { createOutbound } from '../../outbound/outbound.ts'
import { createIssuerKeys } from './issuer-keys.ts'

const house = createOutbound({ allow: ['127.0.0.1'] })

async function serving(answer: (request: IncomingMessage, response: ServerResponse, issuer: string) => void) {
  const server = createServer((request, response) => answer(request, response, issuer)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('many who ask at once are one question, and its answer is kept', async () => {
  const { publicKey } = await generateKeyPair('EdDSA')
  const key = { ...(await exportJWK(publicKey)), kid: '1' }
  const asked: string[] = []
  await using there = await serving(({ url = '' }, response, issuer) => {
    asked.push(url)
    response.end(JSON.stringify(url === '/keys' ? { keys: [key] } : { issuer, jwks_uri: `${issuer}/keys` }))
  })
  let at = 0
  const keys = createIssuerKeys({ outbound: house, now: () => at })
  const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(there.issuer)))
  assert.deepEqual(found[0]?.keys, [key])
  assert.deepEqual(asked, ['/.well-known/openid-configuration', '/keys'])
  at = 9 * 60_000
  await keys.find(there.issuer)
  assert.equal(asked.length, 2)
  at = 10 * 60_000
  await keys.find(there.issuer)
  assert.equal(asked.length, 4, 'a key that was taken back counts no longer than ten minutes')
  assert.equal(await keys.findNewer(there.issuer), undefined, 'asked less than a minute ago')
})

test('an issuer that never answers, or for ever, is given up', async () => {
  await using mute = await serving(() => {})
  await using dripping = await serving((_request, response) => {
    response.writeHead(200)
    const drip = (): void => void (response.destroyed || response.write('.', () => setImmediate(drip)))
    drip()
  })
  const keys = createIssuerKeys({ outbound: house, now: () => 0, timeoutMs: 100 })
  for (const { issuer } of [mute, dripping])
    await assert.rejects(keys.find(issuer), (error: Error) => error.name === 'IssuerSilent')
})
