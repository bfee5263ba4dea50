import type { Caller, SessionCaller } from '../../identity/caller.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { judgeAsked } from '../judge-asked.ts'
import { stepUpPage } from '../step-up-page.ts'
import { answerFailure, type AnswerParts, answerWith, type Failure, type Outgoing, recordDenied } from './answer.ts'
import { answerContext, type ContextAnswer } from './authn-context.ts'
import { RequestRefused } from './read-request.ts'
import type { SamlRequest } from './requests.ts'
import type { ServiceProvider } from './service-providers.ts'

/** Where the browser goes next: to the application with an answer, or to a page of ours. */
export type Onward = { outgoing: Outgoing } | { page: string }

/**
 * Answers at once where nothing is missing, else leads to the page that says what is; a tool that may ask nobody anything
 * hears that instead. @throws RequestRefused
 */
export async function goOn(
  parts: AnswerParts & { policy: PolicyInForce },
  {
    provider,
    request,
    caller,
    address,
  }: { provider: ServiceProvider; request: SamlRequest | null; caller: Caller | undefined; address: string },
): Promise<Onward> {
  const { application } = provider
  const fail = async (why: Failure, to: SamlRequest): Promise<Onward> => ({
    outgoing: await answerFailure(parts, { provider, request: to }, { why, isOfStranger: !isPerson(caller) }),
  })
  const context = answerContext(request?.asked.requestedContext ?? null, caller?.strength ?? 'passkey')
  if (context.outcome === 'unknown' && request !== null) return fail('no-context', request)
  const asked = askedOf(context, request)
  const returnTo = request === null ? `/saml/start/${application.slug}` : `/saml/continue/${request.id}`
  const page = stepUpPage({ application: application.slug, returnTo, asked })
  const isPassive = request?.asked.isPassive === true
  if (!isPerson(caller)) return isPassive ? fail('no-passive', request) : { page }
  const verdict = await judgeAsked(parts, { caller, application, address, asked }, parts.now())
  if (verdict.outcome === 'deny') {
    if (isPassive) return fail('denied', request)
    await recordDenied(parts, { provider, request }, { caller, verdict })
    return { page }
  }
  if (verdict.outcome === 'step-up') return isPassive ? fail('no-passive', request) : { page }
  // A rule lets them in with less than this application takes for proven.
  if (context.outcome !== 'proven') {
    if (request === null) throw new RequestRefused('not-understood', 'no context', application.slug)
    return fail('no-context', request)
  }
  return {
    outgoing: await answerWith(
      parts,
      { provider, request },
      { caller, context: context.context, recorded: verdict.recorded },
    ),
  }
}

const askedOf = (context: ContextAnswer, request: SamlRequest | null): Parameters<typeof judgeAsked>[1]['asked'] => ({
  ...(context.outcome === 'stronger' ? { strength: context.strength } : {}),
  ...(request?.asked.forceAuthn === true ? { tappedAfter: request.receivedAt } : {}),
})

const isPerson = (caller: Caller | undefined): caller is SessionCaller =>
  caller?.by.kind === 'session' && caller.kind === 'person'
