import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAuthnRequest } from './parse-authn-request.ts'
import { parseXml } from './parse-xml.ts'
import { SamlError } from './saml-error.ts'

const spaces = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
const given = 'ID="_a" Version="2.0" IssueInstant="2026-11-22T10:00:00Z"'
const issuer = '<saml:Issuer>https://wiki.example</saml:Issuer>'
const request = (attributes = given, inside = issuer): string =>
  `<samlp:AuthnRequest ${spaces} ${attributes}>${inside}</samlp:AuthnRequest>`
const refuses = (xml: string, code: SamlError['code']) => assert.throws(() => parseAuthnRequest(xml), { code }, xml)

test('the least there is', () => {
  assert.deepEqual(parseAuthnRequest(request()), {
    id: '_a',
    issuer: 'https://wiki.example',
    issuedAt: Date.UTC(2026, 10, 22, 10),
    destination: null,
    forceAuthn: false,
    isPassive: false,
    acsUrl: null,
    acsIndex: null,
    nameIdFormat: null,
    requestedContext: null,
  })
})

test('all that is used', () => {
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
  const asked = parseAuthnRequest(
    `<?xml version="1.0" encoding="UTF-8"?>\n${request(
      `${given} Destination="https://p.example/saml/sso" ForceAuthn="1" IsPassive="true" ProtocolBinding="${post}" AssertionConsumerServiceURL="https://wiki.example/acs?a=1&amp;b=2"`,
      `${issuer}<samlp:NameIDPolicy Format="f" AllowCreate="true"/><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef> one </saml:AuthnContextClassRef><saml:AuthnContextClassRef>two</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`,
    )}`,
  )
  assert.deepEqual(asked.requestedContext, { comparison: 'minimum', classes: ['one', 'two'] })
  assert.deepEqual(
    [asked.forceAuthn, asked.isPassive, asked.nameIdFormat, asked.acsUrl],
    [true, true, 'f', 'https://wiki.example/acs?a=1&b=2'],
  )
})

test('a request that names whom it wants is refused, however the name is written', () => {
  const named = (name: string): string =>
    request(given, `${issuer}<saml:Subject><saml:NameID>${name}</saml:NameID></saml:Subject>`)
  refuses(named('ana@wiki.example'), 'unsupported')
  refuses(request(given, `${issuer}<saml:Subject/>`), 'unsupported')
  refuses(named('ana@wiki.example<!-- -->.evil.example'), 'doctype')
  refuses(named('<![CDATA[ana]]>'), 'doctype')
})

test('a signature in it counts for nothing', () => {
  const signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
  assert.equal(parseAuthnRequest(request(given, `${issuer}${signature}`)).id, '_a')
})

test('declarations, entities, comments and instructions are refused before anything is read', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
  refuses(`${bomb}${request(given, '<saml:Issuer>&c;</saml:Issuer>')}`, 'doctype')
  refuses(`<?xml version="1.0"?>\n<!doctype a SYSTEM "file:///etc/passwd">${request()}`, 'doctype')
  refuses(request(given, '<saml:Issuer>https://wiki.example<!-- -->.evil.example</saml:Issuer>'), 'doctype')
  refuses(request(given, '<saml:Issuer><![CDATA[https://wiki.example]]></saml:Issuer>'), 'doctype')
  refuses(`<?xml-stylesheet href="x"?>${request()}`, 'doctype')
  refuses(request(given, '<saml:Issuer>&unknown;</saml:Issuer>'), 'malformed')
  // In an encoding in which whoever looks for the word would not find it.
  refuses(Buffer.from(`${bomb}${request()}`, 'utf16le').toString(), 'malformed')
  refuses(`<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-${request()}`, 'malformed')
})

test('what is too large, too deep or too much is refused', () => {
  refuses(request(given, `${issuer}${' '.repeat(33 * 1024)}`), 'too-large')
  refuses(request(given, `${issuer}${'<a>'.repeat(100)}${'</a>'.repeat(100)}`), 'too-large')
  refuses(request(given, `${issuer}${'<a/>'.repeat(500)}`), 'too-large')
})

test('what does not say who, when and what is refused', () => {
  refuses('', 'malformed')
  refuses('hello', 'malformed')
  refuses('<a>', 'malformed')
  refuses(request(given, ''), 'malformed')
  refuses(request(given, `${issuer}${issuer}`), 'malformed')
  refuses(request(given, '<saml:Issuer>a<b/></saml:Issuer>'), 'malformed')
  refuses(request(given, '<saml:Issuer Format="urn:other">a</saml:Issuer>'), 'malformed')
  refuses(request(given, '<Issuer>https://wiki.example</Issuer>'), 'malformed')
  refuses(request('Version="2.0" IssueInstant="2026-11-22T10:00:00Z"'), 'malformed')
  refuses(request('ID="1a" Version="2.0" IssueInstant="2026-11-22T10:00:00Z"'), 'malformed')
  refuses(request('ID="_a" Version="2.0" IssueInstant="yesterday"'), 'malformed')
  refuses(request('ID="_a" Version="2.0" IssueInstant="2026-11-22T10:00:00+02:00"'), 'malformed')
  refuses(request('ID="_a" Version="1.1" IssueInstant="2026-11-22T10:00:00Z"'), 'unsupported')
  refuses(request(`${given} ForceAuthn="yes"`), 'malformed')
  refuses(request(`${given} ID="_b"`), 'malformed')
  refuses(request(`${given} AssertionConsumerServiceURL="https://a" AssertionConsumerServiceIndex="1"`), 'malformed')
  refuses(request(`${given} ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"`), 'unsupported')
  refuses(request().replaceAll('AuthnRequest', 'LogoutRequest'), 'unsupported')
  refuses(request().replace('SAML:2.0:protocol', 'SAML:1.1:protocol'), 'unsupported')
})

test('whatever comes, it is read or refused with a word', () => {
  const parts = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    'a',
    'saml:Issuer',
    '"',
    '=',
    ' ',
    '&',
    '&amp;',
    'é',
    '\u0000',
    'ID',
    '<!--',
    ']]>',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), fc.nat(given.length), (noise, at) => {
      const whole = request()
      const xml = whole.slice(0, at) + noise.join('') + whole.slice(at)
      try {
        parseAuthnRequest(xml)
      } catch (error) {
        assert.ok(error instanceof SamlError, String(error))
      }
    }),
  )
})

test('metadata may bring comments, and they cut no name', () => {
  const limits = { maxLength: 1000, maxTags: 10, mayComment: true }
  assert.equal(parseXml('<a xmlns="u">one<!-- two -->three</a>', limits).text, 'onethree')
  assert.throws(() => parseXml('<a><!-- <!DOCTYPE b> -- --></a>', limits), { code: 'doctype' })
})
