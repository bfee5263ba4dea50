import type { KoaContextWithOIDC, Provider, errors as Errors, interactionPolicy as Policy } from 'oidc-provider'
import type { Database } from '../../database/handles.ts'
import { acrOf, amrOf } from '../../policy/strength.ts'
import { asking } from '../asking.ts'
import type { SignOnContext } from './sign-on-context.ts'
import { claimsOf } from './claims.ts'
import { signOn } from './sign-on-grants.ts'

/** All that a first party may learn; which of it is told follows from what it asks for. */
export const signOnScopes = ['openid', 'profile', 'email'] as const

/** Thrown where a person has something to do first: the browser goes to a page of ours, the application hears nothing. */
export class Elsewhere extends Error {
  readonly page: string
  readonly error = 'interaction_required'
  readonly statusCode = 303
  readonly status = 303
  readonly expose = true
  readonly allow_redirect = false

  constructor(page: string) {
    super('there is something to do first')
    this.page = page
  }
}

/**
 * The checks of oidc-provider hold for programs, which are asked about each time. Of an application’s question all is
 * judged before, and only carried out here: nothing that it could say twice is read twice.
 */
export function judgedCheck({ Check }: typeof Policy, errors: typeof Errors) {
  return new Check('judged', 'the person has something to do first', 'login_required', ({ oidc }) => {
    const context = asking.getStore()?.signOn
    if (context === undefined) return Check.NO_NEED_TO_PROMPT
    const { verdict, isSilent, page } = context
    // One answer to all that is missing: whether somebody is signed in is nothing to ask for in silence.
    if (verdict.outcome !== 'go' && isSilent) throw new errors.LoginRequired()
    if (verdict.outcome === 'unmet')
      throw Object.assign(new errors.UnmetAuthenticationRequirements('no key of this person proves what is asked for'))
    if (verdict.outcome !== 'go') throw new Elsewhere(page)
    const wanted = [
      oidc.entities.IdTokenHint?.payload.sub,
      (oidc.claims.id_token?.['sub'] as { value?: string } | null | undefined)?.value,
    ]
    if (wanted.some((sub) => sub !== undefined && sub !== verdict.caller.id))
      throw new errors.LoginRequired('somebody else is signed in')
    return Check.NO_NEED_TO_PROMPT
  })
}

/** Leaves every other check of the provider to programs. */
export function forProgramsOnly(policy: ReturnType<(typeof Policy)['base']>): void {
  for (const { checks } of policy)
    for (const each of checks) {
      const { check } = each
      each.check = (ctx) => (asking.getStore()?.signOn === undefined ? check(ctx) : false)
    }
}

/** Who is signed in is known by our own session, and by no cookie of the provider’s. */
export function recogniseSessions(provider: Provider): void {
  const { Session } = provider
  const get = Session.get.bind(Session)
  // Its types name no parameters.
  const newSession = (payload: Partial<InstanceType<typeof Session>>) => Reflect.construct(Session, [payload]) as object
  Object.assign(Session, {
    get(ctx: KoaContextWithOIDC) {
      const context = asking.getStore()?.signOn
      if (context?.verdict.outcome !== 'go') return get(ctx)
      const { caller } = context.verdict
      const session = newSession({
        uid: caller.by.sessionId,
        jti: caller.by.sessionId,
        accountId: caller.id,
        loginTs: Math.floor(caller.authenticatedAt / 1000),
        acr: acrOf(caller.strength) ?? undefined,
        amr: amrOf(caller.strength, caller.by.key),
        authorizations: { [context.client.application.id]: {} },
      })
      // So that it is neither kept nor sent.
      Object.defineProperty(session, 'new', { value: true })
      ctx.oidc.entity('Session', session)
      return session
    },
  })
}

/** Begins the sign-on, or finds it, once the provider has checked all that the application said. */
export async function loadSignOn(
  { oidc }: KoaContextWithOIDC,
  { client, verdict }: SignOnContext,
  { database, now }: { database: Database; now: () => number },
) {
  if (verdict.outcome !== 'go') return undefined
  const { isThirdParty } = client.settings
  const row = await signOn(database, {
    caller: verdict.caller,
    client,
    scopes: isThirdParty ? verdict.scopes : signOnScopes,
    recorded: verdict.recorded,
    at: now(),
  })
  const { session, provider } = oidc
  if (session?.authorizations?.[row.clientId] !== undefined) session.authorizations[row.clientId] = { sid: row.id }
  const grant = new provider.Grant({ accountId: row.userId, clientId: row.clientId })
  grant.jti = row.id
  const scopes = JSON.parse(row.scopes) as string[]
  grant.addOIDCScope(scopes.join(' '))
  grant.addOIDCClaims(claimsOf(scopes))
  grant.exp = Math.floor(row.expiresAt / 1000)
  return grant
}
