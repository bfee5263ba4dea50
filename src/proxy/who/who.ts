import type { IncomingMessage, Server } from 'node:http'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { http } from '../../http/node-http.ts'
import { assertionHeader } from '../entry/own-headers.ts'
import { whoUpstream } from '../routes/check-upstream.ts'
import { renderWho, type Told } from './who-page.ts'

/**
 * `who/` is a tool that the server brings itself, to try a route with: a page that shows what a tool is told of whoever
 * came. It stands behind the proxy like any other, and knows only what arrives there.
 */
export interface Who {
  /** Where an upstream really listens: this page does not before a route leads to it. */
  upstreamOf(upstream: string): Promise<string>
  close(): Promise<void>
}

export function createWho({
  issuer,
  jwks,
}: {
  /** Of the instance. */
  issuer: string
  jwks: () => Promise<{ keys: object[] }>
}): Who {
  let listening: Promise<{ server: Server; address: string }> | undefined

  async function answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const told = await readTold(request, { issuer, keys: await jwks() })
    const isJson = request.headers.accept?.includes('application/json') === true
    return {
      status: 200,
      type: isJson ? 'application/json' : 'text/html; charset=utf-8',
      body: isJson ? JSON.stringify(told) : renderWho(told, issuer),
    }
  }

  async function listen(): Promise<{ server: Server; address: string }> {
    const server = http.createServer((request, response) => {
      request.resume()
      answer(request).then(
        ({ status, type, body }) =>
          response
            .writeHead(status, {
              'content-type': type,
              'cache-control': 'no-store',
              'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
              'x-content-type-options': 'nosniff',
            })
            .end(body),
        () => response.writeHead(500).end(),
      )
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
    server.unref()
    const bound = server.address()
    return { server, address: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}` }
  }

  return {
    async upstreamOf(upstream) {
      if (upstream !== whoUpstream) return upstream
      return (await (listening ??= listen())).address
    },
    async close() {
      const server = (await listening)?.server
      server?.closeAllConnections()
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
    },
  }
}

/** What arrived about whoever came, and whether what is signed can be believed. */
async function readTold(
  { headers }: IncomingMessage,
  { issuer, keys }: { issuer: string; keys: JSONWebKeySet },
): Promise<Told> {
  const audience = `${String(headers['x-forwarded-proto'])}://${headers.host ?? ''}`
  const assertion = headers[assertionHeader]
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    /^(remote-|x-remote-|x-forwarded-(user|email|groups|preferred)|x-webauth-|x-auth-request-)/.test(name) &&
    typeof value === 'string'
      ? [{ name, value }]
      : [],
  )
  if (typeof assertion !== 'string') return { claims: null, problem: 'No assertion arrived.', plain, audience }
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(keys), { issuer, audience, algorithms: ['ES256'] })
    return { claims: payload, problem: null, plain, audience }
  } catch (error) {
    return { claims: null, problem: `The assertion cannot be believed: ${(error as Error).message}.`, plain, audience }
  }
}
