import { X509Certificate } from 'node:crypto'
import { namespaces, nameIdFormats, postBinding } from './names.ts'
import { childOf, childrenOf, type ParsedElement, parseXml } from './parse-xml.ts'
import { SamlError } from './saml-error.ts'

/** What a tool says of itself, as far as it is used: metadata §2.4.4. */
export interface SpMetadata {
  entityId: string
  /** Where it takes answers by POST, its own choice first. */
  acsUrls: string[]
  signsRequests: boolean
  /** PEM; null where it names none. */
  certificate: string | null
  /** The first it names that is known; null where it does not say, or takes any. */
  nameId: 'persistent' | 'transient' | 'email' | null
}

const { md, ds, samlp } = namespaces

/** Of one tool; a list of many is no description of one. Its signature, if any, is not looked at. @throws SamlError */
export function parseSpMetadata(xml: string): SpMetadata {
  const root = parseXml(xml, { maxLength: 512 * 1024, maxTags: 5_000, mayComment: true })
  const entity = findEntity(root)
  const entityId = entity.attributes.get('entityID') ?? ''
  const sp = childrenOf(entity, md, 'SPSSODescriptor').find(({ attributes }) =>
    (attributes.get('protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlp),
  )
  if (sp === undefined || entityId === '') throw new SamlError('unsupported', 'no service provider of SAML 2.0')
  const acsUrls = childrenOf(sp, md, 'AssertionConsumerService')
    .filter(({ attributes }) => attributes.get('Binding') === postBinding)
    .sort((one, other) => Number(isDefault(other)) - Number(isDefault(one)))
    .map(({ attributes }) => attributes.get('Location') ?? '')
  if (acsUrls.length === 0) throw new SamlError('unsupported', 'it takes no answers by POST')
  return {
    entityId,
    acsUrls: [...new Set(acsUrls)],
    signsRequests: isTrue(sp.attributes.get('AuthnRequestsSigned')),
    certificate: findCertificate(sp),
    nameId: findNameId(sp),
  }
}

const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1'
const isDefault = ({ attributes }: ParsedElement): boolean => isTrue(attributes.get('isDefault'))

function findEntity(root: ParsedElement): ParsedElement {
  if (root.namespace !== md) throw new SamlError('unsupported', `this is ${root.name}, no metadata`)
  if (root.name === 'EntityDescriptor') return root
  const [entity, ...others] = childrenOf(root, md, 'EntityDescriptor')
  if (root.name !== 'EntitiesDescriptor' || entity === undefined || others.length > 0)
    throw new SamlError('unsupported', 'not the metadata of one tool')
  return entity
}

function findCertificate(sp: ParsedElement): string | null {
  const key = childrenOf(sp, md, 'KeyDescriptor').find(
    ({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing',
  )
  const info = key && childOf(key, ds, 'KeyInfo')
  const data = info && childrenOf(info, ds, 'X509Data')[0]
  const certificate = data && childrenOf(data, ds, 'X509Certificate')[0]
  if (certificate === undefined) return null
  try {
    return new X509Certificate(Buffer.from(certificate.text, 'base64')).toString()
  } catch (cause) {
    throw new SamlError('malformed', 'its certificate cannot be read', { cause })
  }
}

const known = ['persistent', 'transient', 'email'] as const

function findNameId(sp: ParsedElement): SpMetadata['nameId'] {
  const wanted = childrenOf(sp, md, 'NameIDFormat').map(({ text }) => text)
  if (wanted.includes(nameIdFormats.unspecified)) return null
  return known.find((name) => wanted[0] === nameIdFormats[name]) ?? null
}
