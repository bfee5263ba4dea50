import { invalid } from '../../http/problem.ts'
import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import type { FullSettings } from './client-settings.ts'

/** @throws 422 for what no application can have */
export function checkSettings(settings: FullSettings, { outbound }: { outbound: Pick<Outbound, 'checkUrl'> }): void {
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri, keepsSecret, pkce } = settings
  for (const uri of redirectUris) checkReturn('settings.redirectUris', uri, { mayBeApp: !keepsSecret })
  for (const uri of postLogoutRedirectUris)
    checkReturn('settings.postLogoutRedirectUris', uri, { mayBeApp: !keepsSecret })
  if (!keepsSecret && pkce === 'optional')
    throw invalid('settings.pkce', 'PKCE can be left out only by an application that keeps a secret.')
  if (backchannelLogoutUri === null) return
  try {
    outbound.checkUrl(backchannelLogoutUri)
  } catch (error) {
    if (error instanceof OutboundError) throw invalid('settings.backchannelLogoutUri', error.message)
    throw error
  }
}

/** Written exactly as a browser will have it, so that what is compared letter by letter is what is meant. */
function checkReturn(field: string, uri: string, { mayBeApp }: { mayBeApp: boolean }): void {
  const url = URL.parse(uri)
  if (url === null) throw invalid(field, `${uri} is not an address such as https://wiki.example/callback.`)
  if (url.href !== uri && url.href !== `${uri}/`)
    throw invalid(field, `${uri} has to be written as browsers write it: ${url.href}.`)
  if (uri.includes('#'))
    throw invalid(field, `${uri} must not hold a #: what is behind it never reaches the application.`)
  if (uri.includes('*')) throw invalid(field, `${uri} must be one address: no * stands for others.`)
  if (url.username !== '' || url.password !== '')
    throw invalid(field, `${uri} must not hold a user name or password: it looks like another host than it is.`)
  if (url.protocol === 'https:') {
    if (url.hostname.endsWith('.')) throw invalid(field, `${uri} has a dot behind its host: leave it out.`)
    return
  }
  if (url.protocol === 'http:') {
    if (isOwnMachine(url.hostname)) return
    throw invalid(field, `${uri} must begin with https://: on the way, anybody could read who comes.`)
  }
  // RFC 8252 §7.1: a domain of their own, backwards.
  if (mayBeApp && /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)) return
  throw invalid(field, `${uri} must begin with https://.`)
}

const isOwnMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]'
