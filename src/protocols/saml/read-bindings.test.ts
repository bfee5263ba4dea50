import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { readPost, readRedirect } from './read-bindings.ts'
import { makeTestSigner } from './test-signer.ts'
import { verifyRedirect } from './verify-redirect.ts'

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const packed = (xml: string | Buffer): string => encodeURIComponent(deflateRawSync(xml).toString('base64'))
const message = `SAMLRequest=${packed('<a/>')}`
const signer = makeTestSigner()

function signed(
  query: string,
  {
    key = signer.privateKey,
    algorithm = rsaSha256,
    hash = 'sha256',
  }: { key?: KeyObject; algorithm?: string; hash?: string } = {},
): string {
  const bytes = `${query}&SigAlg=${encodeURIComponent(algorithm)}`
  return `${bytes}&Signature=${encodeURIComponent(sign(hash, Buffer.from(bytes), key).toString('base64'))}`
}
const verify = (query: string, certificate = signer.pem): void => verifyRedirect(readRedirect(query), certificate)
const isBad = (query: string, certificate = signer.pem): void =>
  assert.throws(() => verify(query, certificate), { code: 'bad-signature' })

test('both bindings bring the same message', () => {
  assert.deepEqual(readRedirect(`${message}&RelayState=a%20b`), { xml: '<a/>', relayState: 'a b', signed: null })
  assert.equal(readRedirect(`${message}&RelayState=a+b%2Bc`).relayState, 'a b+c')
  const form = `SAMLRequest=${encodeURIComponent(Buffer.from('<a/>').toString('base64'))}&RelayState=a+b`
  assert.deepEqual(readPost(form), { xml: '<a/>', relayState: 'a b', signed: null })
})

test('base64 with a plus that was not encoded, or with line breaks, is still read', () => {
  const xml = Buffer.from('<a b="\u00fb\u00ff\u00be"/>')
  const text = xml.toString('base64')
  assert.equal(readPost(`SAMLRequest=${text.replace(/.{8}/g, '$&%0D%0A')}`).xml, xml.toString())
  const bytes = deflateRawSync('{o>')
  assert.equal(readRedirect(`SAMLRequest=${bytes.toString('base64')}`).xml, '{o>')
})

test('a bomb is refused before it is whole', () => {
  assert.throws(() => readRedirect(`SAMLRequest=${packed(Buffer.alloc(20_000_000, 0x61))}`), { code: 'too-large' })
  assert.throws(() => readPost(`SAMLRequest=${'A'.repeat(100_000)}`), { code: 'too-large' })
  assert.throws(() => readRedirect(`${message}&RelayState=${'a'.repeat(1025)}`), { code: 'too-large' })
})

test('what is no message is refused', () => {
  assert.throws(() => readRedirect(''), { code: 'unsupported' })
  assert.throws(() => readRedirect('SAMLRequest=%zz'), { code: 'malformed' })
  assert.throws(() => readRedirect('SAMLRequest=%3Ca%2F%3E'), { code: 'malformed' })
  assert.throws(() => readRedirect('SAMLRequest=AAAA'), { code: 'malformed' })
  assert.throws(() => readRedirect(`${message}&SAMLEncoding=urn:other`), { code: 'unsupported' })
  assert.throws(() => readRedirect(`${message}&SAMLResponse=a`), { code: 'unsupported' })
  assert.throws(() => readRedirect(`SAMLRequest=${packed(Buffer.from([0xff, 0xfe]))}`), { code: 'malformed' })
  assert.throws(() => readRedirect(`${message}&RelayState=a%00b`), { code: 'malformed' })
})

test('one parameter twice is refused, also where one of both is written otherwise', () => {
  assert.throws(() => readRedirect(`${message}&${message}`), { code: 'duplicate' })
  assert.throws(() => readRedirect(`${message}&S%41MLRequest=a`), { code: 'duplicate' })
  assert.throws(() => readRedirect(signed(`${message}&RelayState=a`).concat('&RelayState=b')), { code: 'duplicate' })
  assert.throws(() => readPost(`${message}&${message}`), { code: 'duplicate' })
})

test('a signature by the registered key is good', () => {
  verify(signed(message))
  verify(signed(`${message}&RelayState=a%2fb`))
  // In whatever order they stand in the address.
  const [request = '', algorithm = '', signature = ''] = signed(message).split('&')
  verify([signature, 'other=1', algorithm, request].join('&'))
})

test('anything else is not', () => {
  isBad(message)
  isBad(signed(message).replace(/&Signature=.*/, ''))
  isBad(signed(message).replace(/&SigAlg=[^&]*/, ''))
  isBad(`${signed(message)}&RelayState=added`)
  isBad(signed(`${message}&RelayState=a`).replace('RelayState=a', 'RelayState=b'))
  isBad(signed(message).replace(message, `SAMLRequest=${packed('<b/>')}`))
  isBad(signed(message), makeTestSigner().pem)
  isBad(signed(message, { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', hash: 'sha1' }))
  isBad(signed(message, { algorithm: 'none' }))
  isBad(signed(message, { algorithm: 'constructor' }))
  isBad(signed(message, { algorithm: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1' }))
  isBad(signed(message, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }))
  isBad(signed(message, { algorithm: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256' }))
})
