import type { Selectable } from 'kysely'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { SshCertificateTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import type { CertificateView } from './shapes.ts'

export type SshCertificate = Selectable<SshCertificateTable>

/** Those that still let their owner in, the newest first. */
export function listCertificates(db: Db<'sshCertificate'>, userId: Id<'usr'>, at: number): Promise<SshCertificate[]> {
  return db
    .selectFrom('sshCertificate')
    .selectAll()
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .orderBy('serial', 'desc')
    .execute()
}

/** Ends one of a person's own at once: taking power away needs no tap. @throws 404 */
export async function endCertificate(
  database: Database,
  {
    caller,
    id,
    at,
    cut,
  }: {
    caller: Caller
    id: string
    at: number
    /** What is open by it, in the same transaction. */
    cut: (tx: Parameters<Parameters<Database['write']>[0]>[0], id: Id<'sct'>, at: number) => Promise<unknown>
  },
): Promise<void> {
  await database.write(async (tx) => {
    const ended = await tx
      .updateTable('sshCertificate')
      .set({ endedAt: at })
      .where('id', '=', id as Id<'sct'>)
      .where('userId', '=', caller.id)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .returning(['id', 'serial', 'fingerprint'])
      .executeTakeFirst()
    if (ended === undefined) throw notFound('This certificate')
    await recordEvent(tx, {
      action: 'certificate.ended',
      actor: actorOf(caller),
      target: { kind: 'ssh-certificate', id: ended.id },
      facts: { serial: ended.serial, fingerprint: ended.fingerprint },
      at,
    })
    await cut(tx, ended.id, at)
  })
}

export const renderCertificateView = (row: SshCertificate, program: string | null): CertificateView => ({
  id: row.id,
  serial: row.serial,
  fingerprint: row.fingerprint,
  keyType: row.keyType,
  program,
  address: row.address,
  issuedAt: row.issuedAt,
  expiresAt: row.expiresAt,
  lastUsedAt: row.lastUsedAt,
})
