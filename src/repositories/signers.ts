import { sql } from 'kysely'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { CredentialRecordTable, SealTable, SshKeyTable } from '../database/schema.ts'
import { listReturning } from '../identity/ending/may-return.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import type { SignerEntry } from '../seals/format/signer-entry.ts'
import { movedOrAgreed } from './counted-seals.ts'
import { listPushKeys, type PushTables } from './signed-pushes.ts'
import { sealRecordOf, signerEntryOf } from '../seals/stored-seal.ts'

type SealTables = 'seal' | 'refUpdate' | 'protectedBranch' | 'review' | 'pullRequest'
type Tables = SealTables | PushTables | 'credentialRecord' | 'user' | 'accessEnd'

/** What the projection needs to know of a seal before it asks for all of it. */
export type CountedSeal = Pick<SealTable, 'id' | 'statementDigest' | 'credentialRecordId'>

/** Those of this repository that its projection carries, oldest first. @param moved updates that git has just made */
export function listRepositorySeals(
  db: Db<SealTables>,
  repositoryId: Id<'rep'>,
  moved: readonly Id<'upd'>[] = [],
): Promise<CountedSeal[]> {
  return db
    .selectFrom('seal')
    .select(['seal.id', 'seal.statementDigest', 'seal.credentialRecordId'])
    .where('seal.repositoryId', '=', repositoryId)
    .where((eb) => movedOrAgreed(eb, { moved }))
    .orderBy('seal.sealedAt')
    .orderBy('seal.id')
    .execute()
}

/**
 * Everybody who sealed in this repository or added the key that signed a push to it, everybody who vouched for them or
 * ended their key, and the credential of the set-up on which the chain stands. Only the public part of each credential.
 * Lists of them only grow, so a key is said to have ended once it cannot come back.
 * @param known what `listRepositorySeals` said, where that was just asked
 */
export async function listSigners(
  db: Db<Tables>,
  repositoryId: Id<'rep'>,
  moved: readonly Id<'upd'>[] = [],
  known?: readonly CountedSeal[],
): Promise<SignerEntry[]> {
  const sealed = known ?? (await listRepositorySeals(db, repositoryId, moved))
  const root = await db
    .selectFrom('credentialRecord')
    .select('id')
    // Said in the statement itself: an index holds these alone.
    .where('enrolledVia', '=', sql.lit('setup' as const))
    .orderBy('createdAt')
    .orderBy('id')
    .limit(1)
    .execute()
  const records = new Map<string, CredentialRecordTable>()
  const seals = new Map<string, SealTable>()
  const added = await listEnrolments(db, await listPushKeys(db, repositoryId, moved))
  let wanted = new Set([
    ...[...sealed, ...added.values()].map(({ credentialRecordId }) => credentialRecordId),
    ...root.map(({ id }) => id),
  ])
  while (wanted.size > 0) {
    const found = await db
      .selectFrom('credentialRecord')
      .selectAll()
      .where('id', 'in', [...wanted])
      .execute()
    for (const record of found) records.set(record.id, record)
    const sealIds = found.flatMap(({ endorsedBy, endedBy }) => [endorsedBy, endedBy]).filter((id) => id !== null)
    const behind =
      sealIds.length === 0 ? [] : await db.selectFrom('seal').selectAll().where('id', 'in', sealIds).execute()
    for (const seal of behind) seals.set(seal.id, seal)
    wanted = new Set(behind.map(({ credentialRecordId }) => credentialRecordId).filter((id) => !records.has(id)))
  }
  const origins = await listOrigins(db, [...records.keys()] as Id<'crd'>[])
  const people = await listPersonRefs(
    db,
    [...records.values()].map(({ userId }) => userId),
  )
  const returning = await listReturning(db, records.values())
  const recordOf = (id: Id<'sea'> | null): SealRecord | null => {
    const seal = id === null ? undefined : seals.get(id)
    const signer = seal && records.get(seal.credentialRecordId)
    return seal && signer ? sealRecordOf(seal, signer.credentialId) : null
  }
  return [...records.values()].flatMap((record) => {
    const user = people.get(record.userId)
    if (user === undefined) return []
    return [
      signerEntryOf({
        record: returning.has(record.id) ? { ...record, endedAt: null } : record,
        user,
        endorsement: recordOf(record.endorsedBy),
        endingSeal: recordOf(record.endedBy),
        sealedAt: origins.get(record.id) ?? [],
      }),
    ]
  })
}

/** The taps by which keys over SSH were added, by their id. */
export async function listEnrolments(
  db: Db<'seal'>,
  keys: readonly Pick<SshKeyTable, 'addedBy'>[],
): Promise<Map<Id<'sea'>, SealTable>> {
  const ids = keys.flatMap(({ addedBy }) => addedBy ?? [])
  if (ids.length === 0) return new Map()
  const seals = await db.selectFrom('seal').selectAll().where('id', 'in', ids).execute()
  return new Map(seals.map((seal) => [seal.id, seal]))
}

async function listOrigins(db: Db<'seal'>, ids: readonly Id<'crd'>[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('seal')
    .select(['credentialRecordId', 'origin'])
    .distinct()
    .where('credentialRecordId', 'in', ids)
    .execute()
  return new Map(
    [...Map.groupBy(rows, (row) => row.credentialRecordId)].map(([id, found]) => [
      id,
      found.map(({ origin }) => origin),
    ]),
  )
}
