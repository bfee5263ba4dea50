import { BlockList, isIP } from 'node:net'
import type { SshCertificate } from './certificate.ts'
import { readPublicKey } from './public-key.ts'
import { SshError } from './ssh-error.ts'
import { verifySshSignature } from './verify-signature.ts'

/** What a login with a certificate is judged by. */
export interface CertificateUse {
  /** Keys that may certify, in wire form, Ed25519 each. */
  authorities: readonly Buffer[]
  /** Who the certificate must name. */
  principal: string
  /** Where the login comes from. */
  address: string
  /** Whether its security key asked for PIN or fingerprint; false for a key that lies in a file. */
  userVerification: boolean
  /** Milliseconds since the epoch. */
  now: number
}

/**
 * That a certificate lets a user in (PROTOCOL.certkeys): signed by one of our authorities, of a user, valid now, for this
 * principal, and nothing critical in it that is not met. One that forces a command lets nobody in: nothing runs what a
 * certificate names. Throws SshError.
 */
export function verifySshCertificate(certificate: SshCertificate, use: CertificateUse): void {
  checkAuthority(certificate, use.authorities)
  if (certificate.kind !== 'user') throw new SshError('certificate-kind', 'this is the certificate of a host')
  const seconds = BigInt(Math.floor(use.now / 1000))
  if (seconds < certificate.validAfter) throw new SshError('certificate-not-yet', 'this certificate is not valid yet')
  if (seconds >= certificate.validBefore) throw new SshError('certificate-expired', 'this certificate has expired')
  // One without principals would be anybody's.
  if (!certificate.principals.includes(use.principal))
    throw new SshError('certificate-principal', `this certificate is not for ${use.principal}`)
  for (const [name, value] of certificate.criticalOptions) checkOption(name, value, use)
}

function checkAuthority({ authority, signedBytes, signature }: SshCertificate, authorities: readonly Buffer[]): void {
  if (!authorities.some((known) => known.equals(authority)))
    throw new SshError('certificate-authority', 'this certificate is signed by somebody else')
  if (readPublicKey(authority).type !== 'ssh-ed25519')
    throw new SshError('certificate-authority', 'only an Ed25519 key certifies')
  try {
    verifySshSignature({ publicKey: authority, signature, message: signedBytes })
  } catch (cause) {
    if (!(cause instanceof SshError)) throw cause
    throw new SshError('certificate-signature', 'the signature of this certificate does not match', { cause })
  }
}

function checkOption(name: string, value: string, { address, userVerification }: CertificateUse): void {
  switch (name) {
    case 'verify-required':
      if (!userVerification)
        throw new SshError('verification-missing', 'this certificate asks for the PIN of its security key')
      return
    case 'source-address':
      if (!isWithin(address, value))
        throw new SshError('certificate-address', `this certificate may not be used from ${address}`)
      return
    default:
      throw new SshError('certificate-option', `this certificate asks for ${name.slice(0, 60)}, which is not done here`)
  }
}

/** Whether an address is in a list of networks in CIDR form; false where the list cannot be read. */
function isWithin(address: string, networks: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  const family = isIP(plain)
  if (family === 0) return false
  return networks.split(',').some((network) => {
    const [base = '', bits] = network.split('/')
    const baseFamily = isIP(base)
    const longest = baseFamily === 4 ? 32 : 128
    const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
    if (baseFamily !== family || prefix > longest) return false
    const block = new BlockList()
    block.addSubnet(base, prefix, baseFamily === 4 ? 'ipv4' : 'ipv6')
    return block.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  })
}
