import { X509Certificate } from 'node:crypto'
import { invalid } from '../../http/problem.ts'
import { type FullSettings, type SamlSettings, withDefaults } from './saml-settings.ts'

/** Settings as they are kept, the certificate as PEM. @throws 422 for what no application can have */
export function checkSettings(given: SamlSettings, origin: string): FullSettings {
  const settings = withDefaults(given)
  for (const url of settings.acsUrls) checkAcs(url, origin)
  for (const { name, value, constant } of settings.attributes)
    if ((value === 'constant') !== (constant !== undefined))
      throw invalid('settings.attributes', `${name}: a constant is sent where its value is “constant”, and only there.`)
  const certificate = settings.certificate?.trim() ? readCertificate(settings.certificate) : null
  if (settings.requireSignedRequests && certificate === null)
    throw invalid('settings.certificate', 'To ask for signed requests takes the certificate they are signed by.')
  return { ...settings, certificate }
}

/** An answer is as good as a sign-in to whoever reads it on its way. */
function checkAcs(address: string, origin: string): void {
  const url = URL.parse(address)
  const field = 'settings.acsUrls'
  if (url === null) throw invalid(field, `${address} is not an address such as https://wiki.example/saml/acs.`)
  if (url.username !== '' || url.password !== '')
    throw invalid(field, `${address} must not hold a user name or password: it looks like another host than it is.`)
  // Looked at as it is written: it is compared letter by letter, and its port may be said.
  const host = /^https?:\/\/([^/?#]*)/.exec(address)?.[1]?.toLowerCase()
  if ((host !== url.host && host !== `${url.hostname}:443`) || url.hostname.endsWith('.'))
    throw invalid(
      field,
      `The host of ${address} has to be written as browsers write it: ${url.host.replace(/\.$/, '')}.`,
    )
  if (url.origin === origin)
    throw invalid(field, `${address} is an address of this instance. Give the application’s own.`)
  if (url.protocol !== 'https:' && !isOwnMachine(url.hostname))
    throw invalid(field, `${address} must begin with https://: on the way, anybody could read who comes.`)
}

const isOwnMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]'

function readCertificate(text: string): string {
  const field = 'settings.certificate'
  const trimmed = text.trim()
  const bare = /^[A-Za-z0-9+/=\s]+$/.test(trimmed)
  const read = (): X509Certificate | null => {
    try {
      return new X509Certificate(bare ? Buffer.from(trimmed, 'base64') : trimmed)
    } catch {
      return null
    }
  }
  const certificate = read()
  if (certificate === null) throw invalid(field, 'This is no certificate. It begins with -----BEGIN CERTIFICATE-----.')
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  const isGood =
    asymmetricKeyType === 'ec' || (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048)
  if (!isGood) throw invalid(field, 'Its key must be RSA of 2048 bits or more, or an elliptic curve’s.')
  return certificate.toString()
}
