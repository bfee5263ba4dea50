import { namespaces, nameIdFormats, postBinding } from './names.ts'
import { childOf, childrenOf, type ParsedElement, parseXml } from './parse-xml.ts'
import { SamlError } from './saml-error.ts'

export type Comparison = 'exact' | 'minimum' | 'maximum' | 'better'

/** What is used of a request; whatever else stands in it, a signature inside the XML too, counts for nothing. */
export interface AuthnRequest {
  id: string
  issuer: string
  issuedAt: number
  destination: string | null
  forceAuthn: boolean
  isPassive: boolean
  /** Where it wants the answer: by address or by number, never both. */
  acsUrl: string | null
  acsIndex: number | null
  nameIdFormat: string | null
  requestedContext: { comparison: Comparison; classes: string[] } | null
}

const { saml, samlp } = namespaces
export const requestLimits = { maxLength: 32 * 1024, maxTags: 200 }

/** Core §3.4.1. @throws SamlError */
export function parseAuthnRequest(xml: string): AuthnRequest {
  const root = parseXml(xml, requestLimits)
  if (root.namespace !== samlp || root.name !== 'AuthnRequest')
    throw new SamlError('unsupported', `this is ${root.name}, no AuthnRequest`)
  if (root.attributes.get('Version') !== '2.0') throw new SamlError('unsupported', 'not SAML 2.0')
  const acsUrl = root.attributes.get('AssertionConsumerServiceURL') ?? null
  const acsIndex = readIndex(root.attributes.get('AssertionConsumerServiceIndex'))
  const binding = root.attributes.get('ProtocolBinding')
  if (acsUrl !== null && acsIndex !== null) throw new SamlError('malformed', 'two places for the answer')
  if (binding !== undefined && binding !== postBinding) throw new SamlError('unsupported', 'no answer by this binding')
  // Core §3.4.1: the answer would have to be about exactly them, and it is about whoever sits there.
  if (childOf(root, saml, 'Subject') !== undefined) throw new SamlError('unsupported', 'it names whom it wants')
  return {
    id: readId(root.attributes.get('ID')),
    issuer: readIssuer(childOf(root, saml, 'Issuer')),
    issuedAt: readInstant(root.attributes.get('IssueInstant')),
    destination: root.attributes.get('Destination') ?? null,
    forceAuthn: readBoolean(root.attributes.get('ForceAuthn')),
    isPassive: readBoolean(root.attributes.get('IsPassive')),
    acsUrl,
    acsIndex,
    nameIdFormat: childOf(root, samlp, 'NameIDPolicy')?.attributes.get('Format') ?? null,
    requestedContext: readContext(childOf(root, samlp, 'RequestedAuthnContext')),
  }
}

/** An `xs:ID`, as long as anybody makes them. */
function readId(id: string | undefined): string {
  if (id === undefined || !/^[A-Za-z_][\w.-]{0,255}$/.test(id)) throw new SamlError('malformed', 'it has no ID')
  return id
}

function readIssuer(issuer: ParsedElement | undefined): string {
  const format = issuer?.attributes.get('Format') ?? nameIdFormats.entity
  if (issuer === undefined || issuer.children.length > 0 || issuer.text === '' || format !== nameIdFormats.entity)
    throw new SamlError('malformed', 'it does not say who asks')
  return issuer.text
}

/** Core §1.3.3: UTC. */
function readInstant(text: string | undefined): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text ?? '') ? Date.parse(text ?? '') : NaN
  if (Number.isNaN(at)) throw new SamlError('malformed', 'it does not say when it was made')
  return at
}

function readBoolean(text: string | undefined): boolean {
  if (text === undefined || text === 'false' || text === '0') return false
  if (text === 'true' || text === '1') return true
  throw new SamlError('malformed', 'neither true nor false')
}

function readIndex(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,5}$/.test(text)) throw new SamlError('malformed', 'no number')
  return Number(text)
}

function readContext(requested: ParsedElement | undefined): AuthnRequest['requestedContext'] {
  if (requested === undefined) return null
  const comparison = requested.attributes.get('Comparison') ?? 'exact'
  if (!isComparison(comparison)) throw new SamlError('malformed', 'no comparison')
  if (childOf(requested, saml, 'AuthnContextDeclRef') !== undefined)
    throw new SamlError('unsupported', 'declarations of how somebody signed in')
  const classes = childrenOf(requested, saml, 'AuthnContextClassRef').map(({ text }) => text)
  if (classes.length === 0) throw new SamlError('malformed', 'it asks for no context')
  return { comparison, classes: classes.slice(0, 20) }
}

const isComparison = (text: string): text is Comparison => ['exact', 'minimum', 'maximum', 'better'].includes(text)
