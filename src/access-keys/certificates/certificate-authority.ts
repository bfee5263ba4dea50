import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { CertificateSigner } from '../../protocols/ssh/issue-certificate.ts'
import { string } from '../../protocols/ssh/wire.ts'
import { fingerprint } from '../../protocols/sshsig/fingerprint.ts'
import type { Secrets } from '../../secrets/secrets.ts'

export interface CertificateAuthority extends CertificateSigner {
  /** `SHA256:…`. */
  fingerprint: string
}

const ALGORITHM = 'ssh-ed25519'

/** The key that signs SSH certificates: Ed25519, made once for all nodes, used for nothing else. */
export async function loadCertificateAuthority(secrets: Pick<Secrets, 'getOrCreate'>): Promise<CertificateAuthority> {
  const pem = await secrets.getOrCreate('ssh-certificate-authority', () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const privateKey = createPrivateKey(pem)
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicKey = Buffer.concat([string(ALGORITHM), string(Buffer.from(x, 'base64url'))])
  return {
    publicKey,
    fingerprint: fingerprint(publicKey),
    // RFC 8709 §6
    sign: (bytes) => Buffer.concat([string(ALGORITHM), string(sign(null, bytes, privateKey))]),
  }
}
