import type { Caller } from '../../identity/caller.ts'
import type { Client } from '../../identity/registration.ts'
import { admit, type AdmitParts } from './admit.ts'
import { findLink } from './find-or-make-person.ts'
import type { Flows, Journey } from './flows.ts'
import type { Openid, Provider } from './openid.ts'
import { readIdentity } from './proven-identity.ts'
import { findProvider, shown } from './providers.ts'
import { readTest } from './read-test.ts'
import type { UpstreamRefusal } from './shapes.ts'
import { UpstreamError } from './upstream-error.ts'

export interface ComeBackParts extends AdmitParts {
  openid: Openid
  flows: Flows
}

export interface Returning {
  /** From the route: the address that this provider alone was given. */
  providerId: string
  /** The whole address the browser came to. */
  url: URL
  bindingHash: string
  caller: Caller | undefined
  client: Client
}

/** Where the browser goes on, and the session that begins on the way. */
export interface Onward {
  path: string
  secret?: string
  /** For the log; says nothing about the person. */
  problem?: string
}

const pages = {
  'sign-in': '/-/sign-in',
  link: '/-/account/elsewhere',
  test: '/-/directory/sign-in',
}

/** What a browser brings back from another place: in, joined, tested, or why not. */
export async function comeBack(parts: ComeBackParts, returning: Returning): Promise<Onward> {
  const state = returning.url.searchParams.get('state') ?? ''
  const journey = await parts.flows.take(state, 'journey', returning.bindingHash)
  // RFC 9700 §4.4.2.2: each place has an address of its own to come back to, so that none can answer for another.
  if (journey === undefined || journey.providerId !== returning.providerId)
    return refused('sign-in', 'not-finished', returning.providerId)
  const { kind } = journey.purpose
  try {
    const provider = await findProvider(parts.database.read, journey.providerId)
    if (provider === undefined) throw new UpstreamError('provider-gone', 'It is no longer set up here.')
    return await goOn(parts, returning, { journey, provider, state })
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    return { ...refused(kind, error.refusal, journey.providerId), problem: error.message }
  }
}

async function goOn(
  parts: ComeBackParts,
  returning: Returning,
  { journey, provider, state }: { journey: Journey; provider: Provider; state: string },
): Promise<Onward> {
  const { purpose, nonce, codeVerifier } = journey
  const arrive = () => parts.openid.arrival(provider, { state, nonce, codeVerifier }, returning.url)
  if (purpose.kind === 'sign-in') {
    const identity = readIdentity(await arrive(), provider)
    const { secret } = await admit(parts, { provider, identity, client: returning.client })
    return { path: purpose.returnTo, secret }
  }
  // Begun by a person in a session: only there may it end.
  const by = returning.caller?.by
  if (by?.kind !== 'session' || by.sessionId !== purpose.sessionId)
    throw new UpstreamError('not-finished', 'It came back to another session than it left.')
  if (purpose.kind === 'test') {
    const result = await readTest(parts.database.read, provider, arrive)
    const ticket = await parts.flows.keep({ step: 'tested', userId: purpose.userId, result }, by.sessionHash)
    return { path: `${pages.test}/${provider.id}?tested=${ticket}` }
  }
  const identity = readIdentity(await arrive(), provider)
  const known = await findLink(parts.database.read, identity)
  if (known !== undefined && (known.endedAt === null || known.userId !== purpose.userId))
    throw new UpstreamError('already-joined', 'This account there is joined with somebody here.')
  const { issuer, subject, label } = identity
  const offer = { provider: shown(provider), label, subject }
  const ticket = await parts.flows.keep(
    { step: 'shown', userId: purpose.userId, offer, issuer, providerId: provider.id },
    by.sessionHash,
  )
  return { path: `${pages.link}?join=${ticket}` }
}

function refused(kind: keyof typeof pages, refusal: UpstreamRefusal, providerId: string): Onward {
  return { path: `${pages[kind]}?refused=${refusal}&provider=${encodeURIComponent(providerId)}` }
}
