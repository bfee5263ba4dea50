import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { noteRefusals } from '../../applications/note-refusals.ts'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { addressBlock } from '../../http/rate-limit.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { renderIdpMetadata } from '../../protocols/saml/idp-metadata.ts'
import { readPost, readRedirect } from '../../protocols/saml/read-bindings.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { signOnProblemPage } from '../step-up-page.ts'
import { answerScript, answerScriptPath, sendAnswerPage } from './answer-page.ts'
import { goOn, type Onward } from './go-on.ts'
import { readRequest, RequestRefused, understand } from './read-request.ts'
import { findRequest, keepRequest } from './requests.ts'
import { samlPlaces } from './saml-places.ts'
import { findByApplication } from './service-providers.ts'
import { settingRoutes } from './setting-routes.ts'
import { derOf, type SamlKeys } from './signing-keys.ts'
import { createWaitingRequests } from './waiting-requests.ts'

const formType = 'application/x-www-form-urlencoded'
const bodyLimit = 64 * 1024

export interface SamlParts {
  database: Database
  policy: PolicyInForce
  outbound: Outbound
  keys: SamlKeys
  pseudonymKey: string
  origin: string
  now: () => number
}

/**
 * The SAML 2.0 identity provider: tools send people here with a request, and get a signed answer through their browser
 * about who came. It looks at no signature inside XML, sends answers nowhere but where they were registered to go, and
 * ends nothing anywhere: single logout is not spoken.
 */
export function samlRoutes(app: App, parts: SamlParts): void {
  const { database, keys, origin, now } = parts
  const places = samlPlaces(origin)
  const going = { ...parts, entityId: places.entityId, noteRefusal: noteRefusals(parts) }
  const waiting = createWaitingRequests(parts)
  settingRoutes(app, parts)

  app.get('/saml/metadata', {
    config: { access: 'signed' },
    schema: { querystring: Type.Object({ signed: Type.Optional(Type.String({ maxLength: 10 })) }) },
    async handler(request, reply) {
      const certificates = (await keys.list()).map(({ certificate }) => derOf(certificate))
      const signer = request.query.signed === undefined ? null : await keys.signer()
      const xml = renderIdpMetadata({ entityId: places.entityId, ssoUrl: places.ssoUrl, certificates }, signer)
      return reply.type('application/samlmetadata+xml; charset=utf-8').send(xml)
    },
  })

  app.get(answerScriptPath, {
    config: { access: 'public', isStatic: true },
    handler: (_request, reply) => reply.type('text/javascript; charset=utf-8').send(answerScript),
  })

  /** Keeps what was asked and goes on by a GET: what another site posts comes without the cookie that says who is there. */
  async function take(request: FastifyRequest, reply: FastifyReply, carry: () => ReturnType<typeof readRedirect>) {
    try {
      const wanted = await readRequest(database.read, understand(carry), { ssoUrl: places.ssoUrl, at: now() })
      if (!(await waiting.mayLeave(wanted, addressBlock(request))))
        throw new RequestRefused('too-many', 'too many wait already')
      const id = await keepRequest(database, wanted, now())
      if (id === undefined) throw new RequestRefused('used', `${wanted.requestId} was answered before`)
      return reply.redirect(`/saml/continue/${id}`, 303)
    } catch (error) {
      return refuse(error, request, reply)
    }
  }

  app.get('/saml/sso', {
    config: { access: 'signed' },
    handler: (request, reply) => take(request, reply, () => readRedirect(queryOf(request))),
  })

  // A form, which few other routes take: its parser lives in here alone.
  void app.register((inside: FastifyInstance, _options, done) => {
    inside.addContentTypeParser(formType, { parseAs: 'string', bodyLimit }, (_request, body, read) => read(null, body))
    inside.post('/saml/sso', {
      config: { access: 'signed' },
      handler: (request, reply) =>
        take(request, reply, () => readPost(typeof request.body === 'string' ? request.body : '')),
    })
    done()
  })

  app.get('/saml/continue/:id', {
    config: { access: 'public' },
    schema: { params: Type.Object({ id: Type.String({ pattern: '^[a-z0-9_]{1,60}$' }) }) },
    async handler(request, reply) {
      try {
        const asked = await findRequest(database.read, request.params.id, now())
        const provider = asked && (await findByApplication(database.read, { id: asked.applicationId }))
        if (asked === undefined || provider === undefined) throw new RequestRefused('used', 'nothing waits there')
        // Registered when it came, and still.
        if (!provider.settings.acsUrls.includes(asked.asked.acsUrl))
          throw new RequestRefused('wrong-return', asked.asked.acsUrl, provider.application.slug)
        const onward = await goOn(going, { provider, request: asked, ...from(request) })
        if ('outgoing' in onward) waiting.answered(asked)
        return show(reply, onward)
      } catch (error) {
        return refuse(error, request, reply)
      }
    },
  })

  app.get('/saml/start/:slug', {
    config: { access: 'public' },
    schema: { params: Type.Object({ slug: Type.String({ pattern: '^[a-z0-9-]{1,60}$' }) }) },
    async handler(request, reply) {
      const { slug } = request.params
      try {
        const provider = await findByApplication(database.read, { slug })
        if (provider === undefined) throw new RequestRefused('unknown-application', slug)
        if (!provider.settings.allowIdpInitiated) throw new RequestRefused('not-from-here', slug, slug)
        return show(reply, await goOn(going, { provider, request: null, ...from(request) }))
      } catch (error) {
        return refuse(error, request, reply)
      }
    },
  })
}

const from = ({ caller, ip }: FastifyRequest) => ({ caller, address: ip })

const show = (reply: FastifyReply, onward: Onward): FastifyReply =>
  'page' in onward ? reply.redirect(onward.page, 303) : sendAnswerPage(reply, onward.outgoing)

/** As it came: a signature is over its bytes. */
const queryOf = ({ raw: { url = '' } }: FastifyRequest): string => {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}

/** Somebody's browser is here, and its person is told in a sentence; the rest is for the log. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(error instanceof RequestRefused)) throw error
  request.log.warn(
    { application: error.application, why: error.message },
    `a SAML request was refused: ${error.problem}`,
  )
  return reply.redirect(signOnProblemPage(error.problem, error.application), 303)
}
