import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface Signer {
  publicKey: JWK
  privateKey: CryptoKey
}

export interface WorkloadIssuer extends AsyncDisposable {
  issuer: string
  signer: Signer
  /** How often it was asked for its keys. */
  asked(): number
  /** New keys: the former are gone. */
  rotate(): Promise<void>
  /** What it answers from now on in place of what it should; null: as it should. */
  answer(how: ((request: IncomingMessage, response: ServerResponse) => void) | null): void
  /** A token such as a pipeline gets, with these claims over the usual ones; undefined leaves one out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>, by?: Signer): Promise<string>
}

export async function newSigner(alg = 'RS256', more: Partial<JWK> = {}): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return {
    publicKey: { ...(await exportJWK(publicKey)), kid: crypto.randomUUID(), alg, use: 'sig', ...more },
    privateKey,
  }
}

/** An issuer of pipelines’ tokens on this machine, with GitHub’s claims. */
export async function startWorkloadIssuer({
  now = Date.now,
  path = '',
}: { now?: () => number; path?: string } = {}): Promise<WorkloadIssuer> {
  let instead: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
  let signer = await newSigner()
  let asked = 0
  const server = createServer((request, response) => {
    if (instead !== null) return instead(request, response)
    const { url } = request
    if (url === `${path}/jwks`) asked += 1
    const answers: Record<string, unknown> = {
      [`${path}/.well-known/openid-configuration`]: { issuer, jwks_uri: `${issuer}/jwks` },
      [`${path}/jwks`]: { keys: [signer.publicKey] },
    }
    response.writeHead(url !== undefined && url in answers ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answers[url ?? ''] ?? {}))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  return {
    issuer,
    get signer() {
      return signer
    },
    asked: () => asked,
    async rotate() {
      signer = await newSigner()
    },
    answer(how) {
      instead = how
    },
    sign(claims = {}, header = {}, by = signer) {
      const at = Math.floor(now() / 1000)
      const { alg = 'RS256', kid } = by.publicKey
      return new SignJWT({
        iss: issuer,
        aud: 'postern',
        sub: 'repo:acme/shop:ref:refs/heads/main',
        repository: 'acme/shop',
        ref: 'refs/heads/main',
        jti: crypto.randomUUID(),
        iat: at,
        nbf: at,
        exp: at + 300,
        ...claims,
      })
        .setProtectedHeader({ alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }), ...header })
        .sign(by.privateKey)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
