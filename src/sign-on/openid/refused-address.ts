import type { OpenQuestion } from './sign-on-questions.ts'

/**
 * Where an application hears that its person said no, RFC 6749 §4.1.2.1 and RFC 9207; undefined where it asked to hear
 * it at an address that is not its own.
 */
export function refusedAddress({ client, parameters }: OpenQuestion, issuer: string): string | undefined {
  const to = parameters.get('redirect_uri') ?? ''
  if (!client.settings.redirectUris.includes(to)) return undefined
  const url = new URL(to)
  url.searchParams.set('error', 'access_denied')
  url.searchParams.set('error_description', 'the person said no')
  const state = parameters.get('state')
  if (state !== null) url.searchParams.set('state', state)
  url.searchParams.set('iss', issuer)
  return url.href
}
