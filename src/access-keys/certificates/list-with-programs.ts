import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { listCertificates, renderCertificateView } from './certificates.ts'
import type { CertificateView } from './shapes.ts'

/** A person's certificates, each with the program that asked for it. */
export async function listWithPrograms(
  db: Db<'sshCertificate' | 'oauthGrant'>,
  userId: Id<'usr'>,
  at: number,
): Promise<CertificateView[]> {
  const rows = await listCertificates(db, userId, at)
  const ids = rows.flatMap(({ grantId }) => (grantId === null ? [] : [grantId]))
  const grants =
    ids.length === 0
      ? []
      : await db.selectFrom('oauthGrant').select(['id', 'clientName']).where('id', 'in', ids).execute()
  const names = new Map(grants.map(({ id, clientName }) => [id, clientName]))
  return rows.map((row) => renderCertificateView(row, row.grantId === null ? null : (names.get(row.grantId) ?? null)))
}
