import { newId } from '../../database/id.ts'
import type { Tx } from '../../database/handles.ts'
import type { RepositoryTable, TableName } from '../../database/schema.ts'
import { conflict, forbidden, notFound } from '../../http/problem.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { isAtLeast } from '../../policy/strength.ts'
import { strengthWords } from '../../policy/words.ts'
import { recordEvent } from '../../audit/record.ts'
import { actorOf } from '../../identity/caller.ts'
import { findRepositoryRole } from '../../repositories/access.ts'
import { firstRule } from '../../repositories/branch-rule.ts'
import type { Statement } from '../../seals/format/statement.ts'
import type { MadeSeal, OnSealed } from '../../seals/on-sealed.ts'
import { draftOf } from '../../seals/requests.ts'
import { takeSeal } from '../../seals/take-seal.ts'
import { branchName, checkOpen, getPullRequest, type PullRequest } from '../records.ts'
import { findTargetRule } from '../target-rule.ts'
import { findApprovalRefusal } from './approval-refusal.ts'
import { approvalQuestion } from './ask-approval.ts'
import { publishDrafts } from './comments.ts'

/**
 * What a tap over an approval brings about, in the seal's own transaction: it stands, if the pull request is open and its
 * head still the one that was read. Else there is no seal.
 */
export function createOnApproved({
  policy,
  now,
}: {
  policy: PolicyInForce
  now: () => number
}): NonNullable<OnSealed[string]> {
  return async (tx, made) => {
    const { seal, statement, caller, request } = made
    const { head, patch } = subjectOf(statement)
    const repository = await getRepository(tx, seal)
    const row = await getPullRequest(tx, repository.id, Number(statement.predicate.pullRequest))
    checkOpen(row)
    if (row.headOid !== head || row.targetRef !== statement.predicate.targetRef)
      throw conflict('head-moved', 'New commits were pushed since this was laid before you.', {
        help: 'Read them, then approve again.',
      })
    const role = await findRepositoryRole(tx, caller, repository)
    if (role === undefined) throw notFound('This repository')
    const refusal = findApprovalRefusal({ role }, row, caller, { committers: new Set(), owners: new Set() })
    if (refusal !== null) throw forbidden(refusal, 'Ask somebody else to review it.')
    const { approvalStrength } = (await findTargetRule(tx, row)) ?? firstRule
    if (!isAtLeast(seal.strength, approvalStrength))
      throw forbidden(
        `To approve for ${branchName(row.targetRef)} you need ${strengthWords[approvalStrength]}.`,
        'Use another key, or add one under Account.',
      )
    const at = now()
    await takeSeal(tx, {
      sealId: seal.id,
      caller,
      policy,
      question: approvalQuestion({ repository, role }, row),
      at,
      isFor: ({ predicate }) => predicate.action === 'approve' && predicate.repository?.id === repository.id,
    })
    await keepApproval(tx, made, { row, repository, head, patch, body: draftOf(request).kept ?? '', at })
  }
}

async function keepApproval(
  tx: Tx<TableName>,
  { seal, caller }: MadeSeal,
  approved: { row: PullRequest; repository: RepositoryTable; head: string; patch: string; body: string; at: number },
): Promise<void> {
  const { row, repository, head, patch, body, at } = approved
  // Said once more over the same head, it is the same thing said: the last tap stands for it.
  await tx
    .deleteFrom('review')
    .where('pullRequestId', '=', row.id)
    .where('userId', '=', caller.id)
    .where('verdict', '=', 'approved')
    .where('headOid', '=', head)
    .where('dismissedAt', 'is', null)
    .execute()
  const id = newId('rev')
  await tx
    .insertInto('review')
    .values({
      id,
      pullRequestId: row.id,
      userId: caller.id,
      verdict: 'approved',
      body,
      headOid: head,
      patchDigest: patch,
      sealId: seal.id,
      createdAt: at,
      dismissedAt: null,
      dismissedBy: null,
      dismissReason: null,
    })
    .execute()
  const { name: project } = await tx
    .selectFrom('project')
    .select('name')
    .where('id', '=', repository.projectId)
    .executeTakeFirstOrThrow()
  const { name: credential } = await tx
    .selectFrom('credentialRecord')
    .select('name')
    .where('id', '=', seal.credentialRecordId)
    .executeTakeFirstOrThrow()
  const path = `${project}/${repository.name}`
  await publishDrafts(tx, { path, row }, caller, at)
  await recordEvent(tx, {
    action: 'review.approved',
    actor: actorOf(caller, seal),
    target: { kind: 'pull-request', id: row.id },
    repositoryId: repository.id,
    facts: {
      repository: path,
      number: row.number,
      pullRequest: row.id,
      review: id,
      ref: row.targetRef,
      newOid: head,
      patch,
      credential,
      seal: seal.id,
      statement: seal.statementDigest,
    },
    at,
  })
}

function subjectOf({ subject }: Statement): { head: string; patch: string } {
  const [head, patch] = subject
  if (head === undefined || !('gitCommit' in head.digest) || patch === undefined || !('sha256' in patch.digest))
    throw conflict('seal-mismatch', 'This tap was made for something else.', {
      help: 'Start again: one fresh tap is needed.',
    })
  return { head: head.digest.gitCommit, patch: patch.digest.sha256 }
}

async function getRepository(tx: Tx<TableName>, { repositoryId }: MadeSeal['seal']): Promise<RepositoryTable> {
  const found =
    repositoryId === null
      ? undefined
      : await tx.selectFrom('repository').selectAll().where('id', '=', repositoryId).executeTakeFirst()
  if (found === undefined) throw notFound('This repository')
  return found
}
