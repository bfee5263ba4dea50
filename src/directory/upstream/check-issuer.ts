import { UpstreamError } from './upstream-error.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether nothing but this machine itself lies between: there http is as good as https. */
export const isLoopback = (url: URL): boolean => loopback.has(url.hostname)

/**
 * An issuer that stands for exactly one organisation. Microsoft's shared addresses speak for every tenant there is, and
 * anybody can have one. @throws UpstreamError
 */
export function checkIssuer(issuer: string): URL {
  const url = URL.parse(issuer)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))))
    throw mistrusted('An issuer is an address such as https://login.example.com.')
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw mistrusted('An issuer has no ?, no # and no password in it.')
  if (url.pathname.includes('/.well-known/'))
    throw mistrusted('Give the issuer itself: what stands before /.well-known/ in the address of its configuration.')
  const [tenant = ''] = url.pathname.split('/').filter((part) => part !== '')
  if (url.hostname.endsWith('.microsoftonline.com') && /^(common|organizations|consumers)?$/.test(tenant))
    throw mistrusted(
      'This is the address of every Microsoft tenant. Give your own: it has the id of your tenant in it.',
    )
  return url
}

const mistrusted = (sentence: string): UpstreamError => new UpstreamError('provider-mistrusted', sentence)
