import { join } from 'node:path'
import {
  type CertificateAuthority,
  loadCertificateAuthority,
} from '../../src/access-keys/certificates/certificate-authority.ts'
import type { SshCertificate } from '../../src/protocols/ssh/certificate.ts'
import { type CertificateToIssue, issueCertificate } from '../../src/protocols/ssh/issue-certificate.ts'
import { string, u32 } from '../../src/protocols/ssh/wire.ts'
import { loadSecretKey } from '../../src/secrets/secret-key.ts'
import { createSecrets } from '../../src/secrets/secrets.ts'
import type { StartedPostern } from './start-postern.ts'

/** The authority of this instance, as whoever has broken into its secrets would hold it. */
export async function ownAuthority({ postern, folder }: StartedPostern): Promise<CertificateAuthority> {
  const { database, now } = postern.ceremonies
  const key = await loadSecretKey(undefined, join(folder, 'data'))
  return loadCertificateAuthority(await createSecrets({ database, key, now }))
}

/** As it was asked for, to be signed again with something else in it. */
export const wantedOf = (real: SshCertificate): CertificateToIssue => ({
  publicKey: real.subject.blob,
  serial: real.serial,
  keyId: real.keyId,
  principals: real.principals,
  validAfter: real.validAfter,
  validBefore: real.validBefore,
})

/** What nothing of ours issues: another kind, or critical options. */
export function rebuilt(
  real: SshCertificate,
  { kind = 1, options = [] }: { kind?: number; options?: [string, string][] },
  authority: Pick<CertificateAuthority, 'publicKey' | 'sign'>,
): Buffer {
  const plain = issueCertificate(wantedOf(real), authority)
  // type, nonce and key of Ed25519 stand before the serial.
  const head = 4 + real.type.length + 36 + 36
  const body = Buffer.concat([
    plain.subarray(0, head + 8),
    u32(kind),
    string(real.keyId),
    string(Buffer.concat(real.principals.map((each) => string(each)))),
    plain
      .subarray(
        head +
          8 +
          4 +
          4 +
          Buffer.byteLength(real.keyId) +
          4 +
          Buffer.concat(real.principals.map((each) => string(each))).length,
      )
      .subarray(0, 16),
    string(Buffer.concat(options.map(([name, value]) => Buffer.concat([string(name), string(string(value))])))),
    string(''),
    string(''),
    string(authority.publicKey),
  ])
  return Buffer.concat([body, string(authority.sign(body))])
}
