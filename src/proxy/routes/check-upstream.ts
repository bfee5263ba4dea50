import { X509Certificate } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import type { RouteSettings } from '../route-settings.ts'
import type { RouteSite } from './host-name.ts'
import type { RouteFindings, RouteProblem } from './route-problem.ts'

/** A page that the server brings itself: it shows who came. */
export const whoUpstream = 'postern:who'

/** Where machines of a cloud are told their own secrets. */
const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')

/** Where a route leads: somewhere else, by a protocol we speak, and to nothing but a whole site. */
export function checkUpstream(host: string, settings: RouteSettings, site: RouteSite): RouteFindings {
  const { upstream, tls } = settings
  const problems: RouteProblem[] = []
  const warnings: RouteProblem[] = []
  const say = (path: RouteProblem['path'], message: string): void => void problems.push({ path, message })
  if (upstream === whoUpstream) return { problems, warnings }
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    say(['upstream'], `${upstream} is not an address such as http://127.0.0.1:8080 or https://wiki.internal.`)
    return { problems, warnings }
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    say(['upstream'], `Host and port are all that an upstream names: ${url.origin}.`)
  if (isOurselves(url, host, site)) say(['upstream'], 'That is this instance itself: requests would go in a circle.')
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(name) !== 0 && linkLocal.check(name, isIP(name) === 4 ? 'ipv4' : 'ipv6'))
    say(['upstream'], 'Addresses of this range are where machines are told their own secrets. No tool is there.')
  if (url.protocol === 'http:' && !isLoopback(name) && settings.connector === undefined)
    warnings.push({
      path: ['upstream'],
      message: `What people send to ${url.host}, and who they are, crosses the network there in the clear. Use https where the tool can.`,
    })
  if (tls !== undefined && url.protocol === 'http:')
    say(['tls'], 'An upstream by http has no certificate to look at. Leave this out, or make it https.')
  if (tls?.ca !== undefined) {
    const problem = findPemProblem(tls.ca)
    if (problem !== undefined) say(['tls', 'ca'], problem)
  }
  return { problems, warnings }
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)

function isOurselves(url: URL, host: string, { origin, rpId, port }: RouteSite): boolean {
  const upstreamPort = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const ours = Number(new URL(origin).port) || (origin.startsWith('https:') ? 443 : 80)
  const name = url.hostname.replace(/^\[|\]$|\.$/g, '')
  if ((name === rpId || name === host) && upstreamPort === ours) return true
  return (isLoopback(name) || isUnspecified(name)) && upstreamPort === port
}

/** Connected to, these are this machine too; a URL writes what is mapped in hexadecimal digits. */
const isUnspecified = (name: string): boolean =>
  name === '0.0.0.0' || name === '::' || name === '::ffff:0:0' || /^::ffff:7f[0-9a-f]{2}:/.test(name)

function findPemProblem(text: string): string | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (/PRIVATE KEY/.test(text)) return 'That holds a private key. Paste the certificate alone, and make a new key.'
  return blocks.length > 0 && blocks.every(isCertificate) ? undefined : 'That is not a certificate in PEM.'
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
