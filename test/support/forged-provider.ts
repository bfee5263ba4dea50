import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Person } from '../../src/walk/person.ts'

type Answer = Record<string, unknown> | ((response: ServerResponse) => void)

/** A place that answers whatever a test wants, signed with a key that it publishes or with another. */
export interface ForgedProvider extends AsyncDisposable {
  issuer: string
  /** What stands at each path; undefined is 404. */
  answers: Record<string, Answer>
  /** How often each path was asked for. */
  asked: Record<string, number>
  /** The key that `/jwks` has. */
  key: CryptoKey
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>, key?: CryptoKey | Uint8Array): Promise<string>
  /** Answers the next token request with this ID token. */
  grant(idToken: string): void
}

export async function startForgedProvider(): Promise<ForgedProvider> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    forged.asked[path] = (forged.asked[path] ?? 0) + 1
    const answer = forged.answers[path]
    if (typeof answer === 'function') return answer(response)
    response.statusCode = answer === undefined ? 404 : 200
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const forged: ForgedProvider = {
    issuer,
    key: privateKey,
    asked: {},
    answers: {
      '/.well-known/openid-configuration': {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
      },
      '/jwks': { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] },
    },
    sign: (claims, header = {}, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key),
    grant(idToken) {
      forged.answers['/token'] = { access_token: 'x', token_type: 'Bearer', id_token: idToken }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return forged
}

/** Shows an account there that is nobody's yet; returns the ticket by which the person can join it. */
export async function showElsewhere(person: Person, provider: string, forged: ForgedProvider): Promise<string> {
  const { url } = await person.call<{ url: string }>('POST', '/me/external-identities/begin', { provider })
  const { searchParams } = new URL(url)
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: forged.issuer, aud: searchParams.get('client_id'), iat, exp: iat + 300 }
  forged.grant(await forged.sign({ ...claims, sub: crypto.randomUUID(), nonce: searchParams.get('nonce') }))
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  back.searchParams.set('code', 'x')
  back.searchParams.set('state', searchParams.get('state') ?? '')
  const response = await person.fetch('GET', back.href)
  return new URL(response.headers.get('location') ?? '', forged.issuer).searchParams.get('join') ?? 'none'
}
