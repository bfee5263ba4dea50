import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { RefUpdateTable, RepositoryTable } from '../database/schema.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'

const isBranch = ({ ref, newOid }: { ref: string; newOid: string }): boolean =>
  ref.startsWith('refs/heads/') && newOid !== zeroOid

/** Which branch of a first push protection begins with: the one meant to be the default, else the first one named. */
export const baselineOf = <Move extends { ref: string; newOid: string }>(
  moves: readonly Move[],
  { defaultBranch }: Pick<RepositoryTable, 'defaultBranch'>,
): Move | undefined =>
  moves.find((move) => isBranch(move) && move.ref === `refs/heads/${defaultBranch}`) ?? moves.find(isBranch)

/**
 * Begins the protection of a repository that has none, with the first branch that was pushed: from this oid on every
 * change must be proven. Part of the transaction that settles the push, so there is no moment without it.
 */
export async function recordBaseline(
  tx: Tx<'protectedBranch' | 'repository' | 'auditEvent' | 'auditPersonal'>,
  {
    repository,
    path,
    done,
    at,
  }: { repository: RepositoryTable; path: string; done: readonly RefUpdateTable[]; at: number },
): Promise<void> {
  const start = baselineOf(done, repository)
  if (start === undefined) return
  const begun = await tx
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', repository.id)
    .executeTakeFirst()
  if (begun !== undefined) return
  await tx
    .insertInto('protectedBranch')
    .values({
      repositoryId: repository.id,
      ref: start.ref,
      baselineOid: start.newOid,
      protectSealId: null,
      stockVerifiableOnly: 1,
      rule: '{}',
      createdAt: at,
      createdBy: start.actorId,
    })
    .execute()
  await tx
    .updateTable('repository')
    .set({ defaultBranch: start.ref.slice('refs/heads/'.length) })
    .where('id', '=', repository.id)
    .execute()
  await recordEvent(tx, {
    action: 'branch.protected',
    actor: { id: start.actorId, method: 'system', strength: start.strength },
    target: { kind: 'ref', id: start.ref },
    repositoryId: repository.id,
    facts: { repository: path, ref: start.ref, oid: start.newOid },
    at,
  })
}
