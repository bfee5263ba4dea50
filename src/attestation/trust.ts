import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { MetadataTrust } from '../protocols/webauthn/metadata-blob.ts'

// GlobalSign R3, which signs FIDO's metadata until 2029, and R46, which follows it.
const FIDO_ROOTS = new Set([
  'CB:B5:22:D7:B7:F1:27:AD:6A:01:13:86:5B:DF:1C:D4:10:2E:7D:07:59:AF:63:5A:7C:F4:72:0D:C9:63:C5:3B',
  '4F:A3:12:6D:8D:3A:11:D1:C4:85:5A:4F:80:7C:BA:D6:CF:91:9D:3A:5A:88:B0:3B:EA:2C:63:72:D9:3C:40:C9',
])

/** These roots sign web sites of everybody, so a blob must also come from FIDO's own host. */
export const fidoTrust = (): MetadataTrust => ({
  roots: rootCertificates
    .map((pem) => new X509Certificate(pem))
    .filter(({ fingerprint256 }) => FIDO_ROOTS.has(fingerprint256)),
  signerHost: 'mds.fidoalliance.org',
})

/** Trust in one's own roots, one or several in PEM. @throws where there is none to read */
export function ownTrust(pem: string): MetadataTrust {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new Error('no certificate in PEM')
  return { roots: blocks.map((block) => new X509Certificate(block)), signerHost: undefined }
}
