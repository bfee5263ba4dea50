import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Revocation } from '../seals/format/revocation.ts'
import type { SignerEntry } from '../seals/format/signer-entry.ts'
import { renderTime } from '../seals/format/time.ts'
import { movedOrAgreed } from './counted-seals.ts'

/**
 * Writes down that a key may be in wrong hands, and what stands of it: every seal that counts in some repository, or
 * vouched for, added or ended a key, at this moment. Belongs in the transaction that ends the key, after it.
 */
export async function revokeKey(
  tx: Tx<'revokedKey' | 'standingSeal'>,
  credentialRecordId: Id<'crd'>,
  at: number,
): Promise<void> {
  await tx.insertInto('revokedKey').values({ credentialRecordId, createdAt: at }).execute()
  await tx
    .insertInto('standingSeal')
    .columns(['credentialRecordId', 'sealId'])
    .expression(
      tx
        .selectFrom('seal')
        .select(['seal.credentialRecordId', 'seal.id'])
        .where('seal.credentialRecordId', '=', credentialRecordId)
        .where((eb) =>
          eb.or([
            // One that is about to land may be in the repository before this is.
            movedOrAgreed(eb, { states: ['done', 'prepared'] }),
            eb.exists(eb.selectFrom('sshKey').select('sshKey.id').whereRef('sshKey.addedBy', '=', 'seal.id')),
            eb.exists(
              eb
                .selectFrom('credentialRecord')
                .select('credentialRecord.id')
                .where((of) =>
                  of.or([
                    of('credentialRecord.endorsedBy', '=', of.ref('seal.id')),
                    of('credentialRecord.endedBy', '=', of.ref('seal.id')),
                  ]),
                ),
            ),
          ]),
        ),
    )
    .execute()
}

/** What stands in one repository of those of its signers' keys that may be in wrong hands. */
export async function listRevocations(
  db: Db<'revokedKey' | 'standingSeal' | 'credentialRecord' | 'seal'>,
  repositoryId: Id<'rep'>,
  entries: readonly SignerEntry[],
): Promise<Revocation[]> {
  const rows = await db
    .selectFrom('revokedKey')
    .innerJoin('credentialRecord', 'credentialRecord.id', 'revokedKey.credentialRecordId')
    .select(['credentialRecord.id', 'credentialRecord.credentialId', 'revokedKey.createdAt'])
    .execute()
  const known = new Set(entries.map(({ credentialId }) => credentialId))
  const revoked = rows.filter(({ credentialId }) => known.has(credentialId))
  return Promise.all(
    revoked.map(async ({ id, credentialId, createdAt }) => {
      const standing = await db
        .selectFrom('standingSeal')
        .innerJoin('seal', 'seal.id', 'standingSeal.sealId')
        .select('seal.statementDigest')
        .where('standingSeal.credentialRecordId', '=', id)
        // Those of no repository vouched for keys or ended them, which every repository tells of.
        .where((eb) => eb.or([eb('seal.repositoryId', '=', repositoryId), eb('seal.repositoryId', 'is', null)]))
        .execute()
      return {
        credentialId,
        at: renderTime(createdAt),
        standing: standing.map(({ statementDigest }) => statementDigest).toSorted(),
      }
    }),
  )
}
