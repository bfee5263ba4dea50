import type { Db } from '../../database/handles.ts'
import { prepared } from '../../database/prepared.ts'
import type { DirectoryConnectionTable } from '../../database/schema.ts'
import { hashSecret } from '../../http/secret.ts'
import { isConnectionSecret } from './connection-token.ts'

export type DirectoryConnection = DirectoryConnectionTable

/**
 * The connection that this token belongs to, if it still counts: connected, not expired, or the one before the newest
 * within its last hour.
 */
export async function findConnection(
  db: Db<'directoryConnection'>,
  secret: string,
  now: number,
): Promise<DirectoryConnection | undefined> {
  if (!isConnectionSecret(secret)) return undefined
  const hashed = hashSecret(secret)
  const [row] = await findByHash(db, { hashed })
  if (row === undefined) return undefined
  const until = row.tokenHash === hashed ? row.tokenExpiresAt : row.formerTokenUntil
  return until !== null && now >= until ? undefined : row
}

const findByHash = prepared((db: Db<'directoryConnection'>, { hashed }: { hashed: string }) =>
  db
    .selectFrom('directoryConnection')
    .selectAll()
    .where((eb) => eb.or([eb('tokenHash', '=', hashed), eb('formerTokenHash', '=', hashed)]))
    .where('endedAt', 'is', null),
)
