import { hash, type KeyObject, sign } from 'node:crypto'
import { element, renderXml, type XmlElement } from './canonical-xml.ts'

export interface Signer {
  /** RSA. */
  privateKey: KeyObject
  /** DER, base64. */
  certificate: string
}

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/**
 * The element with an enveloped signature over it, RSA with SHA-256, placed where its schema wants it: behind so many of
 * its children. It needs an attribute `ID`. XML Signature §4, SAML core §5.4.
 */
export function signElement(signed: XmlElement, { privateKey, certificate }: Signer, behind: number): XmlElement {
  const signedInfo = element(
    'ds:SignedInfo',
    {},
    element('ds:CanonicalizationMethod', { Algorithm: exclusive }),
    element('ds:SignatureMethod', { Algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' }),
    element(
      'ds:Reference',
      { URI: `#${signed.attributes['ID'] ?? ''}` },
      element(
        'ds:Transforms',
        {},
        element('ds:Transform', { Algorithm: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature' }),
        element('ds:Transform', { Algorithm: exclusive }),
      ),
      element('ds:DigestMethod', { Algorithm: 'http://www.w3.org/2001/04/xmlenc#sha256' }),
      element('ds:DigestValue', {}, hash('sha256', renderXml(signed), 'base64')),
    ),
  )
  const value = sign('sha256', Buffer.from(renderXml(signedInfo)), privateKey).toString('base64')
  const signature = element(
    'ds:Signature',
    {},
    signedInfo,
    element('ds:SignatureValue', {}, value),
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate))),
  )
  return { ...signed, children: signed.children.toSpliced(behind, 0, signature) }
}
