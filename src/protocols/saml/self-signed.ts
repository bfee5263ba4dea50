import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, integer, octets, oid, sequence, setOf, tagged, utcTime, utf8, yes } from '../der-encode.ts'

const rsaSha256 = sequence(oid('1.2.840.113549.1.1.11'), Buffer.of(5, 0))

/**
 * A certificate that only carries a public key, as SAML's metadata wants it: RFC 5280 §4.1, signed by that same RSA key.
 * Nobody builds a chain on it. Returns DER.
 */
export function makeSelfSigned(wanted: {
  privateKey: KeyObject
  commonName: string
  validFrom: number
  validUntil: number
}): Buffer {
  const { privateKey, commonName, validFrom, validUntil } = wanted
  const name = sequence(setOf(sequence(oid('2.5.4.3'), utf8(commonName.slice(0, 64)))))
  const digitalSignature = sequence(oid('2.5.29.15'), yes, octets(Buffer.of(3, 2, 7, 0x80)))
  const body = sequence(
    tagged(0, integer(2)),
    // A serial number is positive and has no leading zeros: §4.1.2.2.
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    rsaSha256,
    name,
    sequence(utcTime(validFrom), utcTime(validUntil)),
    name,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    tagged(3, sequence(digitalSignature)),
  )
  return sequence(body, rsaSha256, bits(sign('sha256', body, privateKey)))
}
