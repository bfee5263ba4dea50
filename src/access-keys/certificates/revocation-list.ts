import type { Db } from '../../database/handles.ts'
import { renderKrl } from '../../protocols/ssh/krl.ts'
import type { CertificateAuthority } from './certificate-authority.ts'

/** Every certificate that was ended and would still be valid, for hosts that trust the authority too. */
export async function renderRevocationList(
  db: Db<'sshCertificate'>,
  { authority, host }: { authority: CertificateAuthority; host: string },
  at: number,
): Promise<Buffer> {
  const rows = await db
    .selectFrom('sshCertificate')
    .select('serial')
    .where('authority', '=', authority.fingerprint)
    .where('endedAt', 'is not', null)
    .where('expiresAt', '>', at)
    .execute()
  const seconds = BigInt(Math.floor(at / 1000))
  return renderKrl({
    version: seconds,
    generatedAt: seconds,
    comment: host,
    authorities: [{ publicKey: authority.publicKey, serials: rows.map(({ serial }) => BigInt(serial)) }],
  })
}
