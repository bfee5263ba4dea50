import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { RefUpdateTable, TableName } from '../database/schema.ts'
import { firstRule } from '../repositories/branch-rule.ts'
import { endLease } from '../repositories/leases.ts'
import type { RefDone } from '../repositories/ref-updates.ts'
import { parseStatement } from '../seals/format/statement.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { confirmDeadline, readBypass } from './bypass.ts'
import { isMergeMethod } from './merge-methods.ts'
import { headOf } from './release.ts'
import { findTargetRule } from './target-rule.ts'

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
  if (!isMergeMethod(seal.action)) throw new Error(`a seal for ${seal.action} moved ${row.ref}`)
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  const { predicate } = statement
  const head = headOf(statement)
  if (head === undefined) throw new Error('a merge names no head')
  const at = row.finishedAt ?? row.createdAt
  // The signed commit itself says whether it went past the rule, whatever crashed in between.
  const reason = row.commitBytes === null ? undefined : readBypass(Buffer.from(row.commitBytes, 'base64'))
  const rule = await findTargetRule(tx, { repositoryId: row.repositoryId, targetRef: row.ref })
  const confirmBy = reason === undefined ? null : confirmDeadline(rule ?? firstRule, at)
  const merged = await tx
    .updateTable('pullRequest')
    .set({
      state: 'merged',
      isDraft: 0,
      headOid: head,
      baseOid: row.oldOid,
      mergeOid: row.newOid,
      mergeMethod: seal.action,
      mergeSealId: row.sealId,
      mergedBy: seal.userId,
      autoMergeBy: null,
      autoMergeMethod: null,
      bypassReason: reason ?? null,
      confirmBy,
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
  await closeRequestsAbout(tx, [row.pullRequestId])
  const place = await tx
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['repository.name', 'project.name as project'])
    .where('repository.id', '=', row.repositoryId)
    .executeTakeFirstOrThrow()
  const about = {
    actor: { id: seal.userId, method: 'passkey', strength: seal.strength },
    target: { kind: 'pull-request', id: row.pullRequestId },
    repositoryId: row.repositoryId,
    at,
  } as const
  const facts = { repository: `${place.project}/${place.name}`, number: merged.number, ref: row.ref }
  await recordEvent(tx, {
    ...about,
    action: 'pull-request.merged',
    facts: {
      ...facts,
      method: seal.action,
      credential: seal.name,
      base: row.oldOid,
      head,
      tree: predicate.targetID ?? '',
      newOid: row.newOid,
      seal: row.sealId,
      statement: seal.statementDigest,
      policy: predicate.policyDigest,
    },
  })
  if (reason !== undefined && confirmBy !== null)
    await recordEvent(tx, {
      ...about,
      action: 'merge.bypassed',
      facts: { ...facts, reason, confirmBy, newOid: row.newOid, seal: row.sealId, statement: seal.statementDigest },
    })
}
