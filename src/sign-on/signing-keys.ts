import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import { newSecret } from '../http/secret.ts'
import type { Secrets } from '../secrets/secrets.ts'

/** What signs identity tokens, and the marks in browsers that a request is theirs. */
export async function loadSignOnKeys(
  secrets: Pick<Secrets, 'getOrCreate'>,
): Promise<{ jwks: { keys: JWK[] }; cookieKeys: string[] }> {
  const jwk = await secrets.getOrCreate('sign-on', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' })
  })
  return {
    jwks: { keys: [JSON.parse(jwk) as JWK] },
    cookieKeys: [await secrets.getOrCreate('sign-on cookies', newSecret)],
  }
}
