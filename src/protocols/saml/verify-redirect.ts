import { X509Certificate, verify } from 'node:crypto'
import type { Carried } from './read-bindings.ts'
import { SamlError } from './saml-error.ts'

// RFC 6931 §2.3. Nothing over SHA-1, whatever an old tool knows.
const algorithms: Readonly<Record<string, { hash: string; keyType: 'rsa' | 'ec' }>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { hash: 'sha256', keyType: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { hash: 'sha384', keyType: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { hash: 'sha512', keyType: 'rsa' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { hash: 'sha256', keyType: 'ec' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { hash: 'sha384', keyType: 'ec' },
}

const leastRsaBits = 2048

/**
 * Bindings §3.4.4.1: the signature beside the message, by the key that was registered for whoever sends it. Its dates do
 * not count, as everywhere in SAML: it was named by somebody, and stands until they name another. @throws SamlError
 */
export function verifyRedirect({ signed }: Carried, certificate: string): void {
  if (signed === null) throw new SamlError('bad-signature', 'there is none')
  const algorithm = Object.hasOwn(algorithms, signed.algorithm) ? algorithms[signed.algorithm] : undefined
  if (algorithm === undefined) throw new SamlError('bad-signature', 'by an algorithm that does not count')
  const key = new X509Certificate(certificate).publicKey
  if (key.asymmetricKeyType !== algorithm.keyType) throw new SamlError('bad-signature', 'by another kind of key')
  if (algorithm.keyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < leastRsaBits)
    throw new SamlError('bad-signature', 'by a key that is too short')
  // XML Signature writes r and s one after the other; some tools write DER all the same.
  const encodings = algorithm.keyType === 'ec' ? (['ieee-p1363', 'der'] as const) : (['der'] as const)
  const isGood = encodings.some((dsaEncoding) =>
    verify(algorithm.hash, signed.bytes, { key, dsaEncoding }, signed.signature),
  )
  if (!isGood) throw new SamlError('bad-signature', 'it is of something else, or by somebody else')
}
