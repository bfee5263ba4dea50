import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealTable, Strength } from '../database/schema.ts'
import { conflict, forbidden } from '../http/problem.ts'
import { type CredentialRecord, findCredentialRecord } from '../identity/credential-records.ts'
import { credentialStrength, weaker } from '../policy/strength.ts'
import { sealedCommit } from '../seals/format/commit.ts'
import { type Predicate, parseStatement, type Statement } from '../seals/format/statement.ts'
import { createTapJudge } from '../seals/judge-tap.ts'
import { checkProof } from './check-proof.ts'
import { mergeTrees } from './merge-trees.ts'
import { getMergedTree, type MergeParts, type MergeQuestion, mergeQuestion, readTips } from './prepare-merge.ts'
import type { PullRequest } from './records.ts'
import { findTargetRule } from './target-rule.ts'

export interface SealedMergeFacts {
  seal: SealTable
  statement: Statement
  base: string
  /** The commit to become the tip: exactly what was tapped, with its signature. */
  commit: Buffer
  strength: Strength
}

/**
 * Judges, at the moment of release, whether a tap still stands for exactly what would happen now: the same act, tips,
 * tree, rules and key. Writes the resulting tree into the repository. @throws 403, 409
 */
export async function checkRelease(
  parts: MergeParts,
  question: MergeQuestion & { sealId: string },
  row: PullRequest,
): Promise<SealedMergeFacts> {
  const { database, git } = parts
  const { place, caller } = question
  const seal = await findSeal(database, question.sealId, caller.id)
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  if (!isForThis(statement, question, row))
    throw conflict('seal-mismatch', 'This tap was made for something else.', again)
  const { fromID, targetID, policyDigest: sealedPolicy } = statement.predicate
  const tips = await readTips(parts, place, row)
  if (tips.head !== headOf(statement)) throw conflict('head-moved', 'New commits were pushed after you tapped.', again)
  if (tips.base !== fromID) throw conflict('base-moved', 'The target branch moved after you tapped.', again)
  if (getMergedTree(await mergeTrees({ git, folder: place.folder }, tips)) !== targetID)
    throw conflict('result-changed', 'Merging gives another result than the one you tapped for.', again)
  if (sealedPolicy !== parts.policy.current().digest)
    throw conflict('policy-changed', 'The rules changed after you tapped.', again)
  const rule = await findTargetRule(database.read, row)
  if (rule?.stockVerifiableOnly === true && seal.armored === null)
    throw conflict(
      'not-stock-verifiable',
      'This branch now takes only keys whose signature stock git can check.',
      again,
    )
  const { record, strength } = await judgeKey(parts, question, row, seal)
  const commit = sealedCommit(Buffer.from(seal.message, 'base64'), seal.armored)
  checkProof({ commit, seal, record, signer: caller, repositoryId: row.repositoryId, ref: row.targetRef })
  return { seal, statement, base: tips.base, commit, strength }
}

const again = { help: 'Nothing is lost: look at the result again and tap once more.' }

async function findSeal({ read }: Database, id: string, userId: Id<'usr'>): Promise<SealTable> {
  const seal = await read
    .selectFrom('seal')
    .selectAll()
    .where('id', '=', id as Id<'sea'>)
    .where('userId', '=', userId)
    .executeTakeFirst()
  if (seal === undefined || seal.consumedAt !== null)
    throw conflict('seal-spent', 'This tap was already used, or is not yours.', again)
  return seal
}

/** Compared with the stored row and the route, never with anything else the caller says. */
export function isForThis(
  { predicate }: { predicate: Predicate },
  { place, method, caller }: MergeQuestion,
  row: PullRequest,
): boolean {
  return (
    predicate.action === method &&
    predicate.signer.userId === caller.id &&
    predicate.repository?.id === place.repository.id &&
    predicate.targetRef === row.targetRef &&
    predicate.pullRequest === String(row.number)
  )
}

export function headOf({ subject: [head] }: Statement): string | undefined {
  return head !== undefined && 'gitCommit' in head.digest ? head.digest.gitCommit : undefined
}

/** `decide` once more, with the key as it is now. @throws 403, 409 */
async function judgeKey(
  { database, policy, now }: MergeParts,
  { caller, place }: MergeQuestion,
  row: PullRequest,
  seal: SealTable,
): Promise<{ record: CredentialRecord; strength: Strength }> {
  const record = await findCredentialRecord(database.read, caller.id, seal.credentialRecordId)
  if (record === undefined)
    throw conflict('credential-ended', 'The passkey you tapped with was removed meanwhile.', again)
  const judge = await createTapJudge(
    { db: database.read, policy },
    { question: mergeQuestion(place, row), caller, at: now() },
  )
  const { decision, sentence } = judge(record, { made: seal })
  if (decision.outcome !== 'allow') throw forbidden(sentence, 'Tap again with another key, or add one under Account.')
  return { record, strength: weaker(seal.strength, credentialStrength(record)) }
}
