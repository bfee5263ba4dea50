import { randomBytes } from 'node:crypto'
import { element, renderXml, type XmlElement } from './canonical-xml.ts'
import { attributeFormats, nameIdFormats, statuses } from './names.ts'
import { signElement, type Signer } from './sign-element.ts'

export interface SentAttribute {
  name: string
  format: keyof typeof attributeFormats
  values: readonly string[]
}

/** Who came, as one tool is told. */
export interface Subject {
  nameId: { format: keyof typeof nameIdFormats; value: string }
  authenticatedAt: number
  /** URI of the class. */
  context: string
  sessionIndex: string
  /** When the session here ends at the latest. */
  sessionEndsAt: number
  attributes: readonly SentAttribute[]
}

/** To whom an answer goes. */
export interface Answered {
  /** The entity that answers. */
  issuer: string
  acsUrl: string
  /** The entity that asked. */
  audience: string
  /** Null where nobody asked. */
  inResponseTo: string | null
  at: number
  signer: Signer
  signResponse: boolean
}

const lifetimeMs = 5 * 60_000
/** A tool's clock may be a little behind. */
const skewMs = 60_000

/** An answer that says who came, its assertion signed: core §3.3.3, profiles §4.1.4.2. @throws SamlError `unwritable` */
export function renderResponse(to: Answered, subject: Subject): string {
  const assertion = signElement(renderAssertion(to, subject), to.signer, 1)
  const response = renderEnvelope(to, [element('samlp:StatusCode', { Value: statuses.success })], [assertion])
  return renderXml(to.signResponse ? signElement(response, to.signer, 1) : response)
}

/** An answer that says why nobody comes; always signed, since there is no assertion that could be. Core §3.2.2. */
export function renderFailure(to: Answered, why: { status: string; detail: string; message: string }): string {
  const code = element('samlp:StatusCode', { Value: why.status }, element('samlp:StatusCode', { Value: why.detail }))
  const response = renderEnvelope(to, [code, element('samlp:StatusMessage', {}, why.message)], [])
  return renderXml(signElement(response, to.signer, 1))
}

const renderEnvelope = (
  { issuer, acsUrl, inResponseTo, at }: Answered,
  status: readonly XmlElement[],
  assertions: readonly XmlElement[],
): XmlElement =>
  element(
    'samlp:Response',
    { ID: newMessageId(), Version: '2.0', IssueInstant: instant(at), Destination: acsUrl, InResponseTo: inResponseTo },
    element('saml:Issuer', {}, issuer),
    element('samlp:Status', {}, ...status),
    ...assertions,
  )

function renderAssertion({ issuer, acsUrl, audience, inResponseTo, at }: Answered, subject: Subject): XmlElement {
  const { nameId, attributes } = subject
  const until = instant(at + lifetimeMs)
  const bearer = element(
    'saml:SubjectConfirmation',
    { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' },
    element('saml:SubjectConfirmationData', { InResponseTo: inResponseTo, NotOnOrAfter: until, Recipient: acsUrl }),
  )
  return element(
    'saml:Assertion',
    { ID: newMessageId(), Version: '2.0', IssueInstant: instant(at) },
    element('saml:Issuer', {}, issuer),
    element('saml:Subject', {}, element('saml:NameID', { Format: nameIdFormats[nameId.format] }, nameId.value), bearer),
    element(
      'saml:Conditions',
      { NotBefore: instant(at - skewMs), NotOnOrAfter: until },
      element('saml:AudienceRestriction', {}, element('saml:Audience', {}, audience)),
    ),
    element(
      'saml:AuthnStatement',
      {
        AuthnInstant: instant(subject.authenticatedAt),
        SessionIndex: subject.sessionIndex,
        SessionNotOnOrAfter: instant(subject.sessionEndsAt),
      },
      element('saml:AuthnContext', {}, element('saml:AuthnContextClassRef', {}, subject.context)),
    ),
    ...(attributes.length === 0 ? [] : [element('saml:AttributeStatement', {}, ...attributes.map(renderAttribute))]),
  )
}

const renderAttribute = ({ name, format, values }: SentAttribute): XmlElement =>
  element(
    'saml:Attribute',
    { Name: name, NameFormat: attributeFormats[format] },
    ...values.map((value) => element('saml:AttributeValue', {}, value)),
  )

/** Core §1.3.4: nobody else makes the same; an `xs:ID` begins with no digit. */
const newMessageId = (): string => `_${randomBytes(20).toString('hex')}`

/** Core §1.3.3; whole seconds, since not every tool reads parts of them. */
const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`
