import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import type { CookieNames } from '../http/cookies.ts'
import { bindBrowser } from '../identity/browser-cookies.ts'
import { createAnswering, formType } from './answer-oauth.ts'
import { readEmptySecret } from './empty-secret.ts'
import { pickParameters } from './known-parameters.ts'
import { readOddVerifier } from './odd-verifier.ts'
import { authorisePath } from './provider-settings.ts'

const ByUid = Type.Object({ uid: Type.String({ maxLength: 100 }) })
const bodyLimit = 16 * 1024
const mostUrl = 4 * 1024
const notUnderstood = '/-/authorise?problem=invalid_request'
const asProgram = { browserHash: null, endsAs: 'reused' } as const

/** Where programs and browsers speak OAuth. What comes is read here; what it means is the provider's. */
export function oauthRoutes(
  app: App,
  { provider, origin, cookies }: { provider: Provider; origin: string; cookies: CookieNames },
): void {
  const answer = createAnswering({ provider, origin })
  const asBrowser = (request: FastifyRequest, reply: FastifyReply) => ({
    ...asProgram,
    browserHash: bindBrowser(request, reply, cookies),
  })

  app.get('/oidc/auth', {
    config: { access: 'signed' },
    handler(request, reply) {
      const { response_mode: mode } = request.query as { response_mode?: unknown }
      const isOdd = request.url.length > mostUrl || (mode !== undefined && mode !== 'query')
      const given = isOdd ? undefined : pickParameters('/oidc/auth', new URL(request.url, origin).searchParams)
      if (given === undefined) return reply.redirect(notUnderstood, 303)
      return answer(request, reply, asBrowser(request, reply), { url: `${authorisePath}?${given.toString()}` })
    },
  })

  app.get('/oidc/auth/:uid', {
    config: { access: 'signed' },
    schema: { params: ByUid },
    handler: (request, reply) =>
      answer(request, reply, asBrowser(request, reply), {
        url: `${authorisePath}/${encodeURIComponent(request.params.uid)}`,
      }),
  })

  // Forms, which few other routes take: their parser lives in here alone.
  void app.register((inside: FastifyInstance, _options, done) => {
    inside.addContentTypeParser(formType, { parseAs: 'string', bodyLimit }, (_request, body, read) => read(null, body))
    for (const path of ['/oidc/token', '/oidc/token/revocation', '/oidc/device/auth'] as const)
      inside.post(path, {
        config: { access: 'signed' },
        async handler(request, reply) {
          const named = nameClient(request)
          if (named === undefined) return refuseClient(reply)
          const form = pickParameters(path, named)
          if (form === undefined) return refuseLength(reply)
          const verifier = readOddVerifier(form.get('code_verifier'))
          if (verifier !== undefined) form.set('code_verifier', verifier.standIn)
          const endsAs = path === '/oidc/token/revocation' ? 'revoked' : 'reused'
          return answer(request, reply, { ...asProgram, endsAs, verifier }, { body: form.toString() })
        },
      })
    done()
  })

  for (const path of [
    '/oidc/jwks',
    '/oidc/.well-known/openid-configuration',
    '/oidc/.well-known/oauth-authorization-server',
  ])
    app.get(path, {
      config: { access: 'signed' },
      handler: (request, reply) => answer(request, reply, asProgram),
    })

  // RFC 8414 §3.1 puts the issuer's path behind the well-known one.
  app.get('/.well-known/oauth-authorization-server/oidc', {
    config: { access: 'signed' },
    handler: (request, reply) => answer(request, reply, asProgram, { url: '/.well-known/oauth-authorization-server' }),
  })

  // RFC 8628 §3.3: people type this address.
  app.get('/oidc/device', {
    config: { access: 'signed' },
    // Whatever code a link brings is left behind: it is typed by whoever looks at the device.
    handler: (_request, reply) => reply.redirect('/-/device', 303),
  })
}

/** The form as it came, and in it the client that named itself in the header instead; undefined for another one there. */
function nameClient({ body, headers: { authorization } }: FastifyRequest): URLSearchParams | undefined {
  const given = new URLSearchParams(typeof body === 'string' ? body : '')
  if (authorization === undefined) return given
  const client = readEmptySecret(authorization)
  if (client === undefined || given.getAll('client_id').some((id) => id !== client)) return undefined
  given.set('client_id', client)
  return given
}

const refuseLength = (reply: FastifyReply): FastifyReply =>
  reply.code(400).send({ error: 'invalid_request', error_description: 'a parameter is longer than it may be' })

/** RFC 6749 §5.2 */
const refuseClient = (reply: FastifyReply): FastifyReply =>
  reply
    .code(401)
    .header('www-authenticate', 'Basic realm="Postern"')
    .send({ error: 'invalid_client', error_description: 'no program of this name, without a secret, is known here' })
