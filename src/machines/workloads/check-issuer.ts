import { invalid } from '../../http/problem.ts'
import type { WorkloadShape } from './shapes.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whose claims are known: calling them something else would leave out who may be meant. */
const knownHosts: Record<string, WorkloadShape> = {
  'token.actions.githubusercontent.com': 'github',
  'gitlab.com': 'gitlab',
  'api.bitbucket.org': 'bitbucket',
}

/** https, or http where nothing but this machine lies between. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)))
}

/** Kept as it was given, since tokens are compared with it byte for byte. @throws 422 */
export function checkIssuer(issuer: string, shape: WorkloadShape): void {
  const url = URL.parse(issuer)
  if (url === null || !isWebAddress(issuer))
    throw invalid('issuer', 'An issuer is an address such as https://token.actions.githubusercontent.com.')
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '' || /[?#]$/.test(issuer))
    throw invalid('issuer', 'An issuer has no ?, no # and no password in it.')
  if (issuer.includes('/.well-known/'))
    throw invalid(
      'issuer',
      'Give the issuer itself: what stands before /.well-known/ in the address of its configuration.',
    )
  // A spelling that no token has would never match, and nobody would see why.
  if (url.href !== issuer && url.href !== `${issuer}/`)
    throw invalid('issuer', `Write the issuer as its tokens do: ${url.href.replace(/\/$/, '')}, perhaps.`)
  const known = knownHosts[url.hostname]
  if (known !== undefined && known !== shape)
    throw invalid('shape', `The tokens of ${url.hostname} have the claims of another kind: choose that kind.`)
}
