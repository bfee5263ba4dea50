import { BOOLEAN, DerError, OCTET_STRING, SEQUENCE, bytesOf, contentsOf, oidOf, parseDer, readItems } from './der.ts'

export interface CertificateExtension {
  isCritical: boolean
  /** What the OCTET STRING holds. */
  value: Buffer
}

/** The extensions of a certificate by object identifier, RFC 5280 §4.1. Throws DerError. */
export function extensionsOf(certificate: Buffer): Map<string, CertificateExtension> {
  const [body] = contentsOf(parseDer(certificate), SEQUENCE)
  const wrapper = contentsOf(body, SEQUENCE).find(({ tagClass, tag }) => tagClass === 2 && tag === 3)
  const extensions = new Map<string, CertificateExtension>()
  if (wrapper === undefined) return extensions
  for (const item of contentsOf(readItems(wrapper.contents)[0], SEQUENCE)) {
    const [id, ...rest] = contentsOf(item, SEQUENCE)
    const isCritical = rest[0]?.tagClass === 0 && rest[0].tag === BOOLEAN && rest[0].contents[0] === 0xff
    const name = oidOf(id)
    if (extensions.has(name)) throw new DerError('an extension stands twice')
    extensions.set(name, { isCritical, value: bytesOf(rest.at(-1), OCTET_STRING) })
  }
  return extensions
}
