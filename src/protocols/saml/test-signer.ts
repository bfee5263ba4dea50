import { generateKeyPairSync } from 'node:crypto'
import { makeSelfSigned } from './self-signed.ts'
import type { Signer } from './sign-element.ts'

/** A signing key of a test's own, with its certificate as PEM. */
export function makeTestSigner(commonName = 'postern.example'): Signer & { pem: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Date.now()
  const der = makeSelfSigned({ privateKey, commonName, validFrom: now - 86_400_000, validUntil: now + 86_400_000 })
  const certificate = der.toString('base64')
  const lines = certificate.match(/.{1,64}/g)?.join('\n') ?? ''
  return { privateKey, certificate, pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` }
}
