import * as client from 'openid-client'
import { OutboundError } from '../../outbound/outbound.ts'
import { UpstreamError } from './upstream-error.ts'

const codePattern = /^[a-z_]{1,60}$/

/**
 * What went wrong with another place, in a sentence for an administrator; what it said itself is quoted only where it
 * is a code of the specification. @throws UpstreamError always, or what is a fault of ours
 */
export function explainFailure(error: unknown): never {
  const outbound = findCause(error, OutboundError)
  if (outbound !== undefined) throw new UpstreamError('provider-unreachable', outbound.message, error)
  if (error instanceof client.AuthorizationResponseError) {
    if (error.error === 'access_denied')
      throw new UpstreamError(
        'denied-there',
        'It answered access_denied: sign-in was refused or cancelled there.',
        error,
      )
    throw new UpstreamError('not-finished', `It answered ${quote(error.error)} instead of a code.`, error)
  }
  if (error instanceof client.ResponseBodyError)
    throw new UpstreamError(
      error.error === 'invalid_grant' ? 'not-finished' : 'provider-mistrusted',
      error.error === 'invalid_client'
        ? 'It answered invalid_client: client id and secret are not the ones it knows.'
        : `It answered ${quote(error.error)} when asked for a token.`,
      error,
    )
  if (error instanceof client.ClientError || error instanceof client.WWWAuthenticateChallengeError)
    throw new UpstreamError('provider-mistrusted', `What it sent is not right: ${wordsOf(error)}.`, error)
  throw error
}

/** The library's own words for what it checked; never a value that came from outside. */
function wordsOf(error: Error): string {
  const inner = error.cause instanceof Error ? error.cause.message : ''
  const text = inner === '' || inner === error.message ? error.message : `${error.message} (${inner})`
  return text.replaceAll(/[^\w\s"',.:()/-]/g, '').slice(0, 200)
}

const quote = (code: string): string => (codePattern.test(code) ? code : 'an error')

function findCause<Kind extends Error>(error: unknown, kind: new (...parts: never[]) => Kind): Kind | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof kind) return at
  return undefined
}
