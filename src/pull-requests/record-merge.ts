import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { RefUpdateTable, TableName } from '../database/schema.ts'
import { endLease } from '../repositories/leases.ts'
import type { RefDone } from '../repositories/ref-updates.ts'
import { isGitAction, parseStatement } from '../seals/format/statement.ts'

/**
 * What becomes true together with a sealed merge that git has made: its pull request is merged. The row and its seal
 * hold all of it, so that it comes out the same after a crash.
 */
export const recordMerge: RefDone = async (tx: Tx<TableName>, row: RefUpdateTable): Promise<void> => {
  if (row.pullRequestId === null || row.sealId === null) return
  const seal = await tx
    .selectFrom('seal')
    .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
    .select([
      'seal.action',
      'seal.statement',
      'seal.statementDigest',
      'seal.userId',
      'seal.strength',
      'credentialRecord.name',
    ])
    .where('seal.id', '=', row.sealId)
    .executeTakeFirstOrThrow()
  if (!isGitAction(seal.action)) throw new Error(`a seal for ${seal.action} moved ${row.ref}`)
  const { subject, predicate } = parseStatement(Buffer.from(seal.statement, 'base64'))
  const [head] = subject
  if (head === undefined || !('gitCommit' in head.digest)) throw new Error('a merge names no head')
  const at = row.finishedAt ?? row.createdAt
  const merged = await tx
    .updateTable('pullRequest')
    .set({
      state: 'merged',
      headOid: head.digest.gitCommit,
      baseOid: row.oldOid,
      mergeOid: row.newOid,
      mergeMethod: seal.action,
      mergeSealId: row.sealId,
      mergedBy: seal.userId,
      updatedAt: at,
      closedAt: at,
    })
    .where('id', '=', row.pullRequestId)
    // It may have been closed in the moment between; what git holds is what counts.
    .where('state', '!=', 'merged')
    .returning('number')
    .executeTakeFirst()
  if (merged === undefined) return
  await endLease(tx, row)
  const place = await tx
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['repository.name', 'project.name as project'])
    .where('repository.id', '=', row.repositoryId)
    .executeTakeFirstOrThrow()
  await recordEvent(tx, {
    action: 'pull-request.merged',
    actor: { id: seal.userId, method: 'passkey', strength: seal.strength },
    target: { kind: 'pull-request', id: row.pullRequestId },
    repositoryId: row.repositoryId,
    facts: {
      repository: `${place.project}/${place.name}`,
      number: merged.number,
      ref: row.ref,
      method: seal.action,
      credential: seal.name,
      base: row.oldOid,
      head: head.digest.gitCommit,
      tree: predicate.targetID ?? '',
      newOid: row.newOid,
      seal: row.sealId,
      statement: seal.statementDigest,
      policy: predicate.policyDigest,
    },
    at,
  })
}
