import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSpMetadata } from './parse-sp-metadata.ts'
import { makeTestSigner } from './test-signer.ts'

const signer = makeTestSigner('wiki.example')
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const acs = (url: string, more = ''): string =>
  `<md:AssertionConsumerService Binding="${post}" Location="${url}" ${more}/>`
const metadata = (inside: string, more = ''): string => `<?xml version="1.0"?>
<!-- made by a tool -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://wiki.example">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" ${more}>${inside}</md:SPSSODescriptor>
</md:EntityDescriptor>`

test('what a tool says of itself, its own choice of places first', () => {
  const key = `<md:KeyDescriptor use="encryption"><ds:KeyInfo/></md:KeyDescriptor>
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
      ${signer.certificate}
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  const format = '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>'
  const artifact = `<md:AssertionConsumerService Binding="urn:other" Location="https://wiki.example/artifact" index="0"/>`
  const places =
    acs('https://wiki.example/1', 'index="1"') + acs('https://wiki.example/2', 'index="2" isDefault="true"')
  assert.deepEqual(parseSpMetadata(metadata(key + format + artifact + places, 'AuthnRequestsSigned="true"')), {
    entityId: 'https://wiki.example',
    acsUrls: ['https://wiki.example/2', 'https://wiki.example/1'],
    signsRequests: true,
    certificate: signer.pem,
    nameId: 'transient',
  })
})

test('the least there is', () => {
  const read = parseSpMetadata(metadata(acs('https://wiki.example/acs', 'index="0"')))
  assert.deepEqual([read.signsRequests, read.certificate, read.nameId], [false, null, null])
})

test('what is of no use is refused', () => {
  const list = (inside: string): string =>
    `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${inside}</md:EntitiesDescriptor>`
  for (const xml of [
    metadata(''),
    metadata(acs('https://wiki.example')).replaceAll('SPSSO', 'IDPSSO'),
    metadata(acs('https://wiki.example')).replace('entityID', 'entity'),
    list(''),
    '<html></html>',
  ])
    assert.throws(() => parseSpMetadata(xml), { code: 'unsupported' }, xml)
  assert.throws(() => parseSpMetadata(`<!DOCTYPE a>${metadata('')}`), { code: 'doctype' })
  const certificate =
    '<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>'
  assert.throws(() => parseSpMetadata(metadata(certificate + acs('https://wiki.example'))), { code: 'malformed' })
})
