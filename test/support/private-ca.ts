import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface ServerCertificate {
  /** PEM of the certificate, to be given to a server with `key`. */
  cert: string
  key: string
  /** base64 SHA-256 of its public key, as Chromium's --ignore-certificate-errors-spki-list takes it. */
  spki: string
}

export interface PrivateCa {
  /** PEM, to be trusted by clients. */
  cert: string
  issue(host: string, ...others: string[]): ServerCertificate
}

/** A certificate authority that lives for one test: X.509 v3, ECDSA P-256, in the little DER that RFC 5280 asks for. */
export function createPrivateCa(): PrivateCa {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const caName = name('Private test CA')
  const caKeyId = keyId(ca.publicKey)
  const certify = (subject: Buffer, publicKey: KeyObject, extensions: Buffer[]): string => {
    const body = sequence(
      tagged(0, integer(Buffer.of(2))),
      integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
      ecdsaWithSha256,
      caName,
      sequence(utcTime(-1), utcTime(30)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      tagged(3, sequence(...extensions)),
    )
    return pem(sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, ca.privateKey))))
  }
  return {
    cert: certify(caName, ca.publicKey, [
      extension('551d13', sequence(isTrue), true), // basicConstraints: a CA
      extension('551d0f', der(0x03, Buffer.of(1, 0x06)), true), // keyUsage: keyCertSign, cRLSign
      extension('551d0e', der(0x04, caKeyId)),
    ]),
    issue(host, ...others) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const cert = certify(name(host), publicKey, [
        extension('551d13', sequence(), true),
        extension('551d0f', der(0x03, Buffer.of(7, 0x80)), true), // keyUsage: digitalSignature
        extension('551d25', sequence(oid('2b06010505070301'))), // extKeyUsage: serverAuth
        extension('551d11', sequence(...[host, ...others].map((each) => der(0x82, Buffer.from(each))))), // subjectAltName
        extension('551d23', sequence(der(0x80, caKeyId))),
        extension('551d0e', der(0x04, keyId(publicKey))),
      ])
      return {
        cert,
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        spki: createHash('sha256')
          .update(createPublicKey(cert).export({ type: 'spki', format: 'der' }))
          .digest('base64'),
      }
    },
  }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  // X.690 §10.1: the shortest form, or Chromium and Caddy refuse it.
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...header), body])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)
const integer = (bytes: Buffer): Buffer => der(0x02, bytes)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const tagged = (number: number, content: Buffer): Buffer => der(0xa0 | number, content)
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.of(0), bytes)
const isTrue = der(0x01, Buffer.of(0xff))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const name = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))
const keyId = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [isTrue] : []), der(0x04, value))
const utcTime = (daysFromNow: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      new Date(Date.now() + daysFromNow * 86_400_000)
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  )
const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
