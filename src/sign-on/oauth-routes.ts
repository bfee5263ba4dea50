import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { Type } from 'typebox'
import type { BriefTokens } from '../access-keys/brief-tokens.ts'
import type { App } from '../http/app.ts'
import type { CookieNames } from '../http/cookies.ts'
import { bindBrowser } from '../identity/browser-cookies.ts'
import { createAnswering, formType } from './answer-oauth.ts'
import { answerClientCredentials } from './client-credentials.ts'
import { readEmptySecret } from './empty-secret.ts'
import { pickParameters } from './known-parameters.ts'
import { readOddVerifier } from './odd-verifier.ts'
import type { EndedSignOn } from './openid/end-session.ts'
import { readNamedApplication } from './openid/named-application.ts'
import type { SignOnQuestions } from './openid/sign-on-questions.ts'
import { authorisePath, userinfoPath } from './provider-settings.ts'
import { signOnProblemPage } from './step-up-page.ts'

const ByUid = Type.Object({ uid: Type.String({ maxLength: 100 }) })
const bodyLimit = 16 * 1024
const mostUrl = 6 * 1024
const notUnderstood = '/-/authorise?problem=invalid_request'
const asProgram = { browserHash: null, endsAs: 'reused' } as const

/** Where programs and browsers speak OAuth. What comes is read here; what it means is the provider's. */
export function oauthRoutes(
  app: App,
  {
    provider,
    origin,
    cookies,
    briefTokens,
    questions,
    endSignOn,
    now,
  }: {
    provider: () => Promise<Provider>
    origin: string
    cookies: CookieNames
    briefTokens: BriefTokens
    questions: SignOnQuestions
    endSignOn: (parameters: URLSearchParams) => Promise<EndedSignOn | undefined>
    now: () => number
  },
): void {
  const answer = createAnswering({ provider, origin })
  const asBrowser = (request: FastifyRequest, reply: FastifyReply) => ({
    ...asProgram,
    browserHash: bindBrowser(request, reply, cookies),
  })

  app.get('/oidc/auth', {
    config: { access: 'public' },
    async handler(request, reply) {
      const { response_mode: mode } = request.query as { response_mode?: unknown }
      const isOdd = request.url.length > mostUrl || (mode !== undefined && mode !== 'query')
      const { searchParams } = new URL(request.url, origin)
      const given = isOdd ? undefined : pickParameters('/oidc/auth', searchParams)
      if (given === undefined) return reply.redirect(notUnderstood, 303)
      const question = await questions.read(request, reply, searchParams)
      if (question !== undefined) await questions.noteRefusal(request, question)
      // An application’s is answered, or led to a page of ours: the provider keeps nothing of it in this browser.
      const asked =
        question === undefined ? asBrowser(request, reply) : { ...asProgram, signOn: questions.context(question) }
      return answer(request, reply, asked, { url: `${authorisePath}?${given.toString()}` })
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

  const endSession = async (reply: FastifyReply, given: URLSearchParams) => {
    const parameters = pickParameters('/oidc/session/end', given)
    const ended = parameters && (await endSignOn(parameters))
    if (ended === undefined) return reply.redirect(signOnProblemPage('unknown-application'), 303)
    return reply.redirect(ended.to ?? `/-/signed-out?over=${ended.isOver ? 'yes' : 'no'}`, 303)
  }
  app.get('/oidc/session/end', {
    config: { access: 'signed' },
    handler: (request, reply) => endSession(reply, new URL(request.url, origin).searchParams),
  })

  const tellWho = (request: FastifyRequest, reply: FastifyReply) =>
    answer(request, reply, asProgram, { url: userinfoPath, authorization: request.headers.authorization })
  app.get('/oidc/userinfo', { config: { access: 'signed' }, handler: tellWho })

  // Forms, which few other routes take: their parser lives in here alone.
  void app.register((inside: FastifyInstance, _options, done) => {
    inside.addContentTypeParser(formType, { parseAs: 'string', bodyLimit }, (_request, body, read) => read(null, body))
    // OpenID Connect Core §3.1.2.1: a form is as good. It comes without our cookies, so it is asked again by address.
    inside.post('/oidc/auth', {
      config: { access: 'signed' },
      handler(request, reply) {
        const given = new URLSearchParams(typeof request.body === 'string' ? request.body : '').toString()
        return reply.redirect(given.length > mostUrl ? notUnderstood : `/oidc/auth?${given}`, 303)
      },
    })
    inside.post('/oidc/session/end', {
      config: { access: 'signed' },
      handler: (request, reply) => endSession(reply, formOf(request)),
    })
    inside.post('/oidc/userinfo', { config: { access: 'signed' }, handler: tellWho })
    for (const path of [
      '/oidc/token',
      '/oidc/token/revocation',
      '/oidc/token/introspection',
      '/oidc/device/auth',
    ] as const)
      inside.post(path, {
        config: { access: 'signed' },
        async handler(request, reply) {
          const asItself =
            path === '/oidc/token' ? await answerClientCredentials(request, reply, { briefTokens, now }) : undefined
          if (asItself !== undefined) return asItself
          const application = readNamedApplication(request.headers.authorization)
          const named = application === undefined ? nameClient(request) : formOf(request)
          if (named === undefined) return refuseClient(reply)
          const form = pickParameters(path, named)
          if (form === undefined) return refuseLength(reply)
          const verifier = readOddVerifier(form.get('code_verifier'))
          if (verifier !== undefined) form.set('code_verifier', verifier.standIn)
          const endsAs = path === '/oidc/token/revocation' ? 'revoked' : 'reused'
          return answer(
            request,
            reply,
            { ...asProgram, endsAs, verifier },
            {
              body: form.toString(),
              authorization: application?.header,
            },
          )
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

const formOf = ({ body }: Pick<FastifyRequest, 'body'>): URLSearchParams =>
  new URLSearchParams(typeof body === 'string' ? body : '')

/** The form as it came, and in it the client that named itself in the header instead; undefined for another one there. */
function nameClient({ body, headers: { authorization } }: FastifyRequest): URLSearchParams | undefined {
  const given = formOf({ body })
  if (authorization === undefined) return given
  const client = readEmptySecret(authorization)
  if (client === undefined || given.getAll('client_id').some((id) => id !== client)) return undefined
  given.set('client_id', client)
  return given
}

const refuseLength = (reply: FastifyReply): FastifyReply =>
  reply
    .code(400)
    .send({ error: 'invalid_request', error_description: 'a parameter is longer than it may be: send a shorter one' })

/** RFC 6749 §5.2 */
const refuseClient = (reply: FastifyReply): FastifyReply =>
  reply.code(401).header('www-authenticate', 'Basic realm="Postern"').send({
    error: 'invalid_client',
    error_description: 'no program of this name, without a secret, is known here: set it up by the guide for git',
  })
