import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { type CredentialRecord, listCredentialRecords } from '../credential-records.ts'
import type { User } from '../users.ts'

/** Whoever came in by the code could have made somebody else an administrator for this. */
export const hasRisenSince = async (db: Db<'auditEvent'>, userId: Id<'usr'>, at: number): Promise<boolean> =>
  (await db
    .selectFrom('auditEvent')
    .select('id')
    .where('targetId', '=', userId)
    .where('action', 'in', ['person.changed', 'access.restored'])
    .where('occurredAt', '>=', at)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** A group can make an administrator as well: one that they were in before, and that has made nothing else since, did. */
export async function isRaisedSince(
  db: Db<'groupMember' | 'userGroup' | 'auditEvent'>,
  { id, baseRole }: Pick<User, 'id' | 'baseRole'>,
  at: number,
): Promise<boolean> {
  if (baseRole === null) return false
  const before = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select('userGroup.id')
    .where('groupMember.userId', '=', id)
    .where('groupMember.joinedAt', '<', at)
    .where('userGroup.organisationRole', '=', 'admin')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('auditEvent')
            .select('auditEvent.id')
            .whereRef('auditEvent.targetId', '=', 'userGroup.id')
            .where('auditEvent.action', '=', 'group.changed')
            .where('auditEvent.occurredAt', '>=', at),
        ),
      ),
    )
    .limit(1)
    .execute()
  return before.length === 0
}

export const hasPasskeyFromBefore = async (
  db: Db<'credentialRecord' | 'seal'>,
  userId: Id<'usr'>,
  at: number,
): Promise<boolean> => {
  for (const record of await listCredentialRecords(db, userId)) if (await isFromBefore(db, record, at)) return true
  return false
}

/** One that was there, or was added with a tap on one that was: no link let it in since. */
export async function isFromBefore(
  db: Db<'credentialRecord' | 'seal'>,
  { createdAt, enrolledVia, endorsedBy }: Pick<CredentialRecord, 'createdAt' | 'enrolledVia' | 'endorsedBy'>,
  at: number,
): Promise<boolean> {
  if (createdAt < at) return true
  if (enrolledVia !== 'credential' || endorsedBy === null) return false
  const behind = await db
    .selectFrom('credentialRecord')
    .innerJoin('seal', 'seal.credentialRecordId', 'credentialRecord.id')
    .select(['credentialRecord.createdAt', 'enrolledVia', 'endorsedBy'])
    .where('seal.id', '=', endorsedBy)
    .executeTakeFirst()
  return behind !== undefined && isFromBefore(db, behind, at)
}
