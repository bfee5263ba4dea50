import type { EventEmitter } from 'node:events'
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Bus } from '../bus/bus.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { isOver } from '../identity/guests/is-over.ts'
import { findUserById } from '../identity/users.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { asking } from './asking.ts'
import { deviceGrant } from './device-grant.ts'
import { errorCode } from './error-code.ts'
import { loadProvider } from './load-provider.ts'
import { createOpenQuestions } from './open-questions.ts'
import { readClaims } from './openid/claims.ts'
import type { ClientCache } from './openid/client-cache.ts'
import { Elsewhere, forProgramsOnly, judgedCheck, loadSignOn, recogniseSessions } from './openid/provider-part.ts'
import { compareHashed } from './openid/render-client.ts'
import { accessTokenSeconds, mountPath, providerSettings, questionSeconds, resumeCookie } from './provider-settings.ts'
import { loadCookieKeys, type SignOnKeys } from './signing-keys.ts'
import { createStateStore } from './state-store.ts'
import { newOauthSecret } from './token-form.ts'

const tooManyQuestions =
  'too many programs wait for an answer, from your address or from all; answer them, or try again in ten minutes'

export interface ProviderParts {
  database: Database
  bus: Pick<Bus, 'publish'>
  secrets: Pick<Secrets, 'getOrCreate'>
  clients: ClientCache
  policy: PolicyInForce
  keys: SignOnKeys
  origin: string
  now: () => number
  onError: (error: unknown) => void
}

/**
 * The protocol, by oidc-provider: authorization code with PKCE, device code, rotated refresh tokens, revocation,
 * introspection. Who taps for what is ours, and who is signed in; so are the pages.
 */
export async function createProvider(parts: ProviderParts): Promise<Provider> {
  const { database, origin, now } = parts
  const { Provider, errors, interactionPolicy } = await loadProvider()
  const { jwks } = parts.keys
  const cookieKeys = await loadCookieKeys(parts.secrets)
  const policy = interactionPolicy.base()
  const { Check, Prompt } = interactionPolicy
  policy.remove('consent')
  // Every program takes a tap each time; nobody is let in because they were before.
  policy.add(
    new Prompt(
      { name: 'consent', requestable: true },
      new Check('tap', 'a tap is needed', 'interaction_required', ({ oidc }) =>
        oidc.result?.consent?.grantId === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
      ),
    ),
  )
  policy.add(
    new Prompt(
      { name: 'select_account', requestable: true },
      new Check('unknown', 'not known here', ({ oidc }) => {
        if (oidc.prompts.has('select_account')) throw new errors.InvalidRequest('unsupported prompt value requested')
        return Check.NO_NEED_TO_PROMPT
      }),
    ),
    0,
  )
  forProgramsOnly(policy)
  policy.get('login')?.checks.add(judgedCheck(interactionPolicy, errors))
  const untilGrantEnds = ({ oidc }: KoaContextWithOIDC): number =>
    Math.max(1, (oidc.entities.Grant?.exp ?? 0) - Math.floor(now() / 1000))

  const configuration: Configuration = {
    ...providerSettings,
    adapter: createStateStore({
      ...parts,
      InvalidGrant: errors.InvalidGrant,
      questions: createOpenQuestions({ lastsMs: questionSeconds * 1_000, now }),
      tooManyQuestions: () =>
        // To our own page: the program would only ask again.
        Object.assign(new errors.CustomOIDCProviderError('slow_down', tooManyQuestions), {
          status: 429,
          statusCode: 429,
          allow_redirect: false,
        }),
    }),
    jwks,
    cookies: {
      keys: cookieKeys,
      names: { interaction: 'postern-asked', resume: resumeCookie, session: 'postern-none' },
      short: { signed: true, httpOnly: true, sameSite: 'lax', overwrite: true },
    },
    interactions: { policy, url: (_ctx, { uid }) => `/-/authorise/${uid}` },
    ttl: {
      ...providerSettings.ttl,
      AccessToken: (ctx) => Math.min(accessTokenSeconds, untilGrantEnds(ctx)),
      Grant: untilGrantEnds,
      RefreshToken: untilGrantEnds,
    },
    async loadExistingGrant(ctx) {
      const { oidc } = ctx
      const context = asking.getStore()?.signOn
      if (context !== undefined) return loadSignOn(ctx, context, parts)
      const id = oidc.result?.consent?.grantId
      return id === undefined ? undefined : oidc.provider.Grant.find(id)
    },
    async findAccount({ oidc }, sub) {
      const known = asking.getStore()?.signOn?.verdict
      // Recognised with this very request; a code tells nothing of them.
      if (known?.outcome === 'go') return { accountId: sub, claims: () => ({ sub }) }
      const client = await parts.clients.find(oidc.client?.clientId ?? '')
      if (client !== undefined) {
        const claims = await readClaims(database.read, client, { userId: sub as Id<'usr'>, at: now() })
        return claims && { accountId: sub, claims: () => claims }
      }
      const user = await findUserById(database.read, sub as Id<'usr'>)
      if (user === undefined || user.state !== 'active' || isOver(user, now())) return undefined
      return { accountId: sub, claims: () => ({ sub, preferred_username: user.username }) }
    },
    async renderError(ctx, out, error) {
      if (error instanceof Elsewhere) {
        ctx.redirect(error.page)
        return
      }
      const code = errorCode(error instanceof errors.SessionNotFound ? 'session_not_found' : out.error)
      // Only people come here; programs are answered in JSON.
      if (/^(authorization|resume)$/.test(ctx.oidc.route)) ctx.redirect(`/-/authorise?problem=${code}`)
      else ctx.body = out
    },
  }
  const provider = new Provider(`${origin}${mountPath}`, configuration)
  Object.assign(provider.AccessToken.prototype, {
    generateTokenId(this: { format: string }) {
      this.format = 'opaque'
      return newOauthSecret('oat')
    },
  })
  Object.assign(provider.RefreshToken.prototype, { generateTokenId: () => newOauthSecret('ort') })
  recogniseSessions(provider)
  compareHashed(provider)
  provider.on('server_error', (_ctx, error) => parts.onError(error))
  // Else Koa writes them to standard error itself.
  const koa: EventEmitter = provider
  koa.on('error', parts.onError)
  // What discovery says of us is what is answered. A link with the code in it would be typed by whoever sent it.
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.path === '/device/auth') delete (ctx.body as Record<string, unknown>)['verification_uri_complete']
    if (ctx.path.startsWith('/.well-known/'))
      Object.assign(ctx.body as object, {
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant],
        // Also where no application asks for RSA yet: the key is made once one does.
        id_token_signing_alg_values_supported: ['ES256', 'RS256'],
        prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
        end_session_endpoint: `${origin}${mountPath}/session/end`,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
      })
  })
  return provider
}
