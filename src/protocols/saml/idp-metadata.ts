import { randomBytes } from 'node:crypto'
import { element, renderXml } from './canonical-xml.ts'
import { namespaces, nameIdFormats, postBinding, redirectBinding } from './names.ts'
import { signElement, type Signer } from './sign-element.ts'

/** What tools are told of an identity provider, metadata §2.4.3. All certificates of which one may sign. */
export function renderIdpMetadata(
  idp: { entityId: string; ssoUrl: string; certificates: readonly string[] },
  signer: Signer | null,
): string {
  const keys = idp.certificates.map((certificate) =>
    element(
      'md:KeyDescriptor',
      { use: 'signing' },
      element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate))),
    ),
  )
  const formats = [nameIdFormats.persistent, nameIdFormats.transient, nameIdFormats.email, nameIdFormats.unspecified]
  const described = element(
    'md:EntityDescriptor',
    { entityID: idp.entityId, ID: signer === null ? null : `_${randomBytes(20).toString('hex')}` },
    element(
      'md:IDPSSODescriptor',
      { protocolSupportEnumeration: namespaces.samlp, WantAuthnRequestsSigned: 'false' },
      ...keys,
      ...formats.map((format) => element('md:NameIDFormat', {}, format)),
      ...[redirectBinding, postBinding].map((binding) =>
        element('md:SingleSignOnService', { Binding: binding, Location: idp.ssoUrl }),
      ),
    ),
  )
  return renderXml(signer === null ? described : signElement(described, signer, 0))
}
