import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto'
import { DOMParser } from '@xmldom/xmldom'
import { element, renderXml } from './canonical-xml.ts'
import { renderIdpMetadata } from './idp-metadata.ts'
import { statuses } from './names.ts'
import { childOf, parseXml } from './parse-xml.ts'
import { type Answered, renderFailure, renderResponse, type Subject } from './render-response.ts'
import { SamlError } from './saml-error.ts'
import { makeTestSigner } from './test-signer.ts'

const signer = makeTestSigner()
const at = Date.parse('2026-11-22T10:00:00.123Z')
const answered: Answered = {
  issuer: 'https://postern.example/saml/metadata',
  acsUrl: 'https://wiki.example/acs?a=1&b=2',
  audience: 'https://wiki.example/metadata',
  inResponseTo: '_question',
  at,
  signer,
  signResponse: false,
}
const subject: Subject = {
  nameId: { format: 'unspecified', value: 'ana' },
  authenticatedAt: at - 60_000,
  context: 'https://refeds.org/profile/mfa',
  sessionIndex: '_session',
  sessionEndsAt: at + 3_600_000,
  attributes: [{ name: 'groups', format: 'basic', values: ['wiki <writers>', 'a&b "c"'] }],
}

/** The elements that a library finds signed by our certificate, as it canonicalized them. */
function signedIn(xml: string): string[] {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const found: string[] = []
  for (const node of document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')) {
    const verifier = new SignedXml({ publicCert: signer.pem })
    verifier.loadSignature(node)
    assert.ok(verifier.checkSignature(xml))
    found.push(...verifier.getSignedReferences())
  }
  return found
}

/** xmlsec1, where it is installed: 0 or more about why not. */
function xmlsec(xml: string, id: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'postern-xmlsec-'))
  try {
    writeFileSync(join(folder, 'answer.xml'), xml)
    writeFileSync(join(folder, 'key.pem'), signer.pem)
    const args = ['--verify', '--pubkey-cert-pem', 'key.pem', '--id-attr:ID', id, '--enabled-key-data', 'rsa']
    const ran = spawnSync('xmlsec1', [...args, 'answer.xml'], { cwd: folder, encoding: 'utf8' })
    if (ran.error !== undefined) return undefined
    return ran.status === 0 ? 'good' : `${ran.stdout}${ran.stderr}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a library that verifies signatures finds the assertion signed, and nothing else', () => {
  const [assertion = '', ...others] = signedIn(renderResponse(answered, subject))
  assert.match(assertion, /^<saml:Assertion /)
  assert.equal(others.length, 0)
  assert.match(assertion, /Recipient="https:\/\/wiki.example\/acs\?a=1&amp;b=2"/)
  assert.match(assertion, /NotBefore="2026-11-22T09:59:00Z" NotOnOrAfter="2026-11-22T10:05:00Z"/)
  assert.match(assertion, /wiki &lt;writers&gt;/)
})

test('the answer around it is signed as well where the tool wants that, and a failure always is', () => {
  assert.deepEqual(
    signedIn(renderResponse({ ...answered, signResponse: true }, subject)).map((text) => /^<[\w:]+/.exec(text)?.[0]),
    ['<samlp:Response', '<saml:Assertion'],
  )
  const failure = renderFailure(answered, {
    status: statuses.responder,
    detail: statuses.noPassive,
    message: 'Nobody is signed in.',
  })
  assert.deepEqual(signedIn(failure).length, 1)
  assert.doesNotMatch(failure, /Assertion/)
})

test('an answer that nobody asked for names no question', () => {
  assert.doesNotMatch(renderResponse({ ...answered, inResponseTo: null }, subject), /InResponseTo/)
})

test('xmlsec1 verifies assertion, answer and metadata', (t) => {
  const xml = renderResponse({ ...answered, signResponse: true }, subject)
  const outcome = xmlsec(xml, 'urn:oasis:names:tc:SAML:2.0:protocol:Response')
  if (outcome === undefined) return t.skip('xmlsec1 is not installed')
  assert.equal(outcome, 'good')
  const assertion = xmlsec(renderResponse(answered, subject), 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion')
  assert.equal(assertion, 'good')
  const idp = {
    entityId: answered.issuer,
    ssoUrl: 'https://postern.example/saml/sso',
    certificates: [signer.certificate],
  }
  assert.equal(xmlsec(renderIdpMetadata(idp, signer), 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor'), 'good')
  const forged = renderResponse(answered, subject).replace('>ana<', '>bo<')
  assert.notEqual(xmlsec(forged, 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'), 'good')
})

const text = fc.string({ unit: 'binary', maxLength: 40 })
const canHold = (value: string): boolean => {
  try {
    renderXml(element('saml:Audience', {}, value))
    return true
  } catch (error) {
    assert.ok(error instanceof SamlError && error.code === 'unwritable')
    return false
  }
}

test('whatever a name or a group is called, it arrives as it was, in canonical form', () => {
  fc.assert(
    fc.property(text.filter(canHold), text.filter(canHold), (value, attribute) => {
      const xml = renderXml(element('saml:NameID', { Format: attribute, A: 'x' }, value))
      const document = new DOMParser().parseFromString(xml, 'text/xml')
      const root = document.documentElement
      assert.ok(root !== null)
      assert.equal(root.getAttribute('Format'), attribute)
      assert.equal(root.childNodes.length, value === '' ? 0 : 1)
      assert.equal(root.textContent, value)
      const canonical = new ExclusiveCanonicalization().process(root, {})
      assert.equal(canonical, xml)
    }),
  )
})

test('a comment in a name stays letters: nothing is cut where a tool stops reading', () => {
  const xml = renderResponse(answered, {
    ...subject,
    nameId: { format: 'unspecified', value: 'ana<!-- -->.mallory' },
  })
  assert.match(xml, /ana&lt;!-- --&gt;\.mallory/)
})

test('characters that XML cannot hold are refused', () => {
  for (const value of ['a\u0000b', 'a\u001fb', 'a\ud800', '\ufffe'])
    assert.throws(() => renderResponse(answered, { ...subject, nameId: { format: 'unspecified', value } }), {
      code: 'unwritable',
    })
})

test('metadata names every certificate, the one that signs first', () => {
  const other = makeTestSigner('other.example')
  const idp = {
    entityId: answered.issuer,
    ssoUrl: 'https://postern.example/saml/sso',
    certificates: [signer.certificate, other.certificate],
  }
  const root = parseXml(renderIdpMetadata(idp, null), { maxLength: 20_000, maxTags: 100 })
  const sso = childOf(root, root.namespace, 'IDPSSODescriptor')
  assert.equal(sso?.children.filter(({ name }) => name === 'KeyDescriptor').length, 2)
  assert.equal(sso?.children.filter(({ name }) => name === 'SingleSignOnService').length, 2)
})

test('the certificate is one that others can read', () => {
  const certificate = new X509Certificate(signer.pem)
  assert.equal(certificate.subject, 'CN=postern.example')
  assert.ok(certificate.verify(certificate.publicKey))
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
})
