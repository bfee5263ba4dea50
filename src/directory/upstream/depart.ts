import { randomNonce, randomPKCECodeVerifier } from 'openid-client'
import { ProblemError } from '../../http/problem.ts'
import type { Flows, Purpose } from './flows.ts'
import type { Openid, Provider } from './openid.ts'
import type { Departure } from './shapes.ts'
import { UpstreamError } from './upstream-error.ts'

/** Sends a browser to another place, and remembers for it alone what has to come back. @throws 502 where nobody answers there */
export async function depart(
  { openid, flows }: { openid: Pick<Openid, 'departure'>; flows: Flows },
  wanted: { provider: Provider; purpose: Purpose; bindingHash: string; loginHint?: string | undefined },
): Promise<Departure> {
  const { provider, purpose, bindingHash, loginHint } = wanted
  const nonce = randomNonce()
  const codeVerifier = randomPKCECodeVerifier()
  const journey = { step: 'journey', providerId: provider.id, nonce, codeVerifier, purpose } as const
  const state = await flows.keep(journey, bindingHash)
  try {
    const url = await openid.departure(provider, { state, nonce, codeVerifier, loginHint })
    return { url: url.href }
  } catch (error) {
    if (error instanceof UpstreamError) throw notReached(provider, error)
    throw error
  }
}

const notReached = ({ name }: Provider, cause: UpstreamError): ProblemError =>
  new ProblemError(502, cause.refusal, `${name} cannot be reached from here, or is not set up rightly.`, {
    help: 'Try again in a few minutes, or sign in with your passkey.',
    cause,
  })
