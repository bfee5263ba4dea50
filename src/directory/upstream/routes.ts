import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { ProblemError } from '../../http/problem.ts'
import { bindBrowser, clientOf, setSessionCookie } from '../../identity/browser-cookies.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { Ceremonies } from '../../identity/registration.ts'
import { Email } from '../../identity/shapes.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { domainOfAddress } from '../domains/domain-name.ts'
import { createLogout } from './back-channel-logout.ts'
import { comeBack } from './come-back.ts'
import { depart } from './depart.ts'
import { createFlows } from './flows.ts'
import { linkRoutes } from './link-routes.ts'
import { createOpenid } from './openid.ts'
import { providerRoutes } from './provider-routes.ts'
import { findProvider, findProviderOfDomain, listProviders, shown } from './providers.ts'
import { safePath } from './safe-path.ts'
import { Departure, ShownProvider } from './shapes.ts'

const root = '/api/v1/sign-in'
const ById = Type.Object({ provider: Type.String({ maxLength: 60 }) })
const maxTokenBytes = 64 * 1024

export interface UpstreamParts {
  ceremonies: Ceremonies
  endAccess: EndAccess
  cookies: CookieNames
  outbound: Outbound
  secrets: Secrets
}

/**
 * Signing in by another place that an owner has set up. It believes nothing of a person but what that place signs, for
 * this server, in answer to what this browser asked; an account is joined by issuer and subject, never by an address
 * alone; and it makes nobody stronger than what it was told to believe.
 */
export function upstreamRoutes(app: App, parts: UpstreamParts): void {
  const { ceremonies, endAccess, cookies, outbound, secrets } = parts
  const { database, challenges, policy, now, place } = ceremonies
  const openid = createOpenid({ outbound, secrets, origin: place.origin, now })
  const flows = createFlows(challenges)
  const logout = createLogout({ database, outbound, openid, now })
  providerRoutes(app, { database, secrets, openid, flows, cookies, now })
  linkRoutes(app, { database, openid, flows, cookies, now })

  app.get(`${root}/providers`, {
    config: { access: 'public' },
    schema: { response: { 200: Type.Object({ items: Type.Array(ShownProvider), isByAddress: Type.Boolean() }) } },
    async handler() {
      const providers = await listProviders(database.read)
      return {
        items: providers.filter(({ isShown }) => isShown === 1).map(shown),
        // Somebody's organisation may have a place that has no button.
        isByAddress: providers.some(({ domains }) => domains !== '[]'),
      }
    },
  })

  app.post(`${root}/upstream/begin`, {
    config: { access: 'public' },
    schema: {
      body: Type.Object({
        provider: Type.Optional(Type.String({ maxLength: 60 })),
        /** Only its domain is looked at: whether anybody here has it, nobody learns. */
        address: Type.Optional(Email),
        /** One that is too long to be kept leads home: nobody is kept from signing in by it. */
        returnTo: Type.Optional(Type.String({ maxLength: 32_000 })),
      }),
      response: { 200: Departure },
    },
    async handler(request, reply) {
      const { provider: id, address, returnTo } = request.body
      const provider =
        id === undefined
          ? await findProviderOfDomain(database.read, domainOfAddress(address ?? '') ?? '')
          : await findProvider(database.read, id)
      if (provider === undefined) throw noSuchPlace()
      const bindingHash = bindBrowser(request, reply, cookies)
      const purpose = { kind: 'sign-in', returnTo: safePath(returnTo, place.origin) } as const
      return depart({ openid, flows }, { provider, purpose, bindingHash, loginHint: address })
    },
  })

  app.get(`${root}/upstream/:provider/return`, {
    config: { access: 'public', ceremony: 'sign-in' },
    schema: { params: ById },
    async handler(request, reply) {
      const onward = await comeBack(
        { database, policy, endAccess, openid, flows, now },
        {
          providerId: request.params.provider,
          url: new URL(request.url, place.origin),
          bindingHash: bindBrowser(request, reply, cookies),
          caller: request.caller,
          client: clientOf(request),
        },
      )
      if (onward.problem !== undefined)
        request.log.warn(
          { provider: request.params.provider },
          `a sign-in from another place failed: ${onward.problem}`,
        )
      if (onward.secret !== undefined) setSessionCookie(reply, cookies, onward.secret)
      return reply.redirect(onward.path, 303)
    },
  })

  // A form, which no other route takes: its parser lives in here alone.
  app.register((inside: FastifyInstance, _options, done) => {
    inside.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxTokenBytes },
      (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    inside.post(`${root}/upstream/:provider/logout`, {
      config: { access: 'signed' },
      // OpenID Connect Back-Channel Logout 1.0 §2.5: it may send more, which says nothing to us.
      schema: { params: ById, body: Type.Object({ logout_token: Type.String() }, { additionalProperties: true }) },
      async handler(request, reply) {
        const { provider: id } = request.params as { provider: string }
        const provider = await findProvider(database.read, id)
        if (provider === undefined) throw noSuchPlace()
        await logout(provider, (request.body as { logout_token: string }).logout_token)
        return reply.code(200).send()
      },
    })
    done()
  })
}

const noSuchPlace = (): ProblemError =>
  new ProblemError(404, 'no-such-place', 'No other place to sign in is set up for this.', {
    help: 'Sign in with your passkey, or ask an administrator for an invitation.',
  })
