import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { PushCertificateTable, SealTable, SshKeyTable, UserTable } from '../database/schema.ts'
import type { PushRecord } from '../seals/format/push-record.ts'
import type { SshKeyEnd, SshKeyEntry } from '../seals/format/ssh-key-entry.ts'
import { renderTime } from '../seals/format/time.ts'
import { tookPlace } from './counted-seals.ts'
import { sealRecordOf } from '../seals/stored-seal.ts'

export type PushTables = 'pushCertificate' | 'refUpdate' | 'protectedBranch' | 'sshKey' | 'user'

/** What the projection needs to know of a signed push before it asks for all of it. */
type CountedPush = Pick<PushCertificateTable, 'batchId' | 'digest'>

/** Signed pushes that were the tap for a protected branch of this repository, oldest first. */
export const listCountedPushes = (
  db: Db<PushTables>,
  repositoryId: Id<'rep'>,
  moved: readonly Id<'upd'>[] = [],
): Promise<CountedPush[]> =>
  countedPushes(db, repositoryId, moved).select(['batchId', 'digest']).orderBy('receivedAt').orderBy('digest').execute()

function countedPushes(db: Db<PushTables>, repositoryId: Id<'rep'>, moved: readonly Id<'upd'>[]) {
  return db
    .selectFrom('pushCertificate')
    .where('pushCertificate.repositoryId', '=', repositoryId)
    .where('pushCertificate.strength', 'is not', null)
    .where('pushCertificate.sshKeyId', 'is not', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('refUpdate')
          .innerJoin('protectedBranch', (join) =>
            join
              .onRef('protectedBranch.repositoryId', '=', 'refUpdate.repositoryId')
              .onRef('protectedBranch.ref', '=', 'refUpdate.ref'),
          )
          .select('refUpdate.id')
          .whereRef('refUpdate.batchId', '=', 'pushCertificate.batchId')
          .where((of) => tookPlace(of, moved))
          .where('refUpdate.sealId', 'is', null),
      ),
    )
}

type PushKey = SshKeyTable & Pick<UserTable, 'username'>

/** Keys that signed them, as each was added. */
export const listPushKeys = (
  db: Db<PushTables>,
  repositoryId: Id<'rep'>,
  moved: readonly Id<'upd'>[] = [],
): Promise<PushKey[]> =>
  db
    .selectFrom('sshKey')
    .innerJoin('user', 'user.id', 'sshKey.userId')
    .selectAll('sshKey')
    .select('user.username')
    .where(
      'sshKey.id',
      'in',
      countedPushes(db, repositoryId, moved).select('sshKeyId').$castTo<{ sshKeyId: Id<'ssk'> }>(),
    )
    .orderBy('sshKey.createdAt')
    .orderBy('sshKey.id')
    .execute()

/** @param added the tap by which it was added, and the credential that tapped */
export const sshKeyEntryOf = (
  key: PushKey,
  added: { seal: SealTable; credentialId: string } | undefined,
): SshKeyEntry => ({
  id: key.id,
  userId: key.userId,
  username: key.username,
  publicKey: Buffer.from(key.publicKey, 'base64'),
  fingerprint: key.fingerprint,
  addedAt: renderTime(key.createdAt),
  expiresAt: key.expiresAt === null ? null : renderTime(key.expiresAt),
  enrolment: added === undefined ? null : sealRecordOf(added.seal, added.credentialId),
})

/**
 * What stands of those that have ended. Never another list afterwards: what a key signs is prepared under its lock, and
 * nothing is after its end.
 */
export async function listSshKeyEnds(
  db: Db<'pushCertificate'>,
  repositoryId: Id<'rep'>,
  keys: readonly PushKey[],
): Promise<SshKeyEnd[]> {
  const ends: SshKeyEnd[] = []
  for (const { id, endedAt } of keys) {
    if (endedAt === null) continue
    const rows = await db
      .selectFrom('pushCertificate')
      .select('digest')
      .where('repositoryId', '=', repositoryId)
      .where('sshKeyId', '=', id)
      .where('strength', 'is not', null)
      .execute()
    ends.push({ id, at: renderTime(endedAt), standing: rows.map(({ digest }) => `sha256:${digest}`).toSorted() })
  }
  return ends
}

export async function readPushRecords(
  db: Db<'pushCertificate'>,
  repositoryId: Id<'rep'>,
  counted: readonly CountedPush[],
): Promise<PushRecord[]> {
  const records: PushRecord[] = []
  for (let from = 0; from < counted.length; from += batch) {
    const rows = await db
      .selectFrom('pushCertificate')
      .select(['content', 'sshKeyId', 'strength'])
      .where('repositoryId', '=', repositoryId)
      .where(
        'batchId',
        'in',
        counted.slice(from, from + batch).map(({ batchId }) => batchId),
      )
      .execute()
    for (const { content, sshKeyId, strength } of rows)
      if (sshKeyId !== null && strength !== null)
        records.push({ certificate: Buffer.from(content), sshKeyId, strength })
  }
  return records
}

// Below the number of parameters that either database takes in one statement.
const batch = 500
