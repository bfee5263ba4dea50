import { X509Certificate } from 'node:crypto'

/**
 * Whether browsers will be shown a certificate for a route's host, and what to do where not: over https each name needs
 * one, and a single wildcard does for all tools.
 */
export function certificateProblemFinder(
  origin: string,
  tls: { cert: Buffer } | undefined,
): (host: string) => string | undefined {
  if (origin.startsWith('http:')) return () => undefined
  const certificate = tls && new X509Certificate(tls.cert)
  return (host) => {
    if (certificate === undefined)
      return `The proxy in front of this instance must lead ${host} here too, unchanged, with a certificate for it.`
    if (certificate.checkHost(host) !== undefined) return undefined
    const wildcard = `*.${host.split('.').slice(1).join('.')}`
    return `The certificate in POSTERN_TLS_CERT is not for ${host}, so browsers will refuse to open it. Get one that names it, or ${wildcard} for all tools, beside this instance’s own name.`
  }
}
