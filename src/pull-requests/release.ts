import type { SealTable, Strength } from '../database/schema.ts'
import { conflict, forbidden } from '../http/problem.ts'
import { type CredentialRecord, findCredentialRecord } from '../identity/credential-records.ts'
import { credentialStrength, weaker } from '../policy/strength.ts'
import { commitOid } from '../protocols/sshsig/commit-signature.ts'
import { sealedCommit } from '../seals/format/commit.ts'
import { isGitAction, type Predicate, parseStatement, type Statement } from '../seals/format/statement.ts'
import { parseTime } from '../seals/format/time.ts'
import { createTapJudge } from '../seals/judge-tap.ts'
import { getUnspentSeal } from '../seals/find-unspent.ts'
import { bypassParagraph, readBypass } from './bypass.ts'
import { checkAsRead } from './check-as-read.ts'
import { checkProof } from './check-proof.ts'
import { checkStillMeant } from './check-still-meant.ts'
import { identOf } from '../seals/format/ident.ts'
import { type MergeResult, workOut } from './merge-result.ts'
import type { MergeParts } from './merge-parts.ts'
import { type MergeQuestion, mergeQuestion } from './merge-question.ts'
import { checkRule, readTips } from './prepare-merge.ts'
import { writeReplayed } from './rebase.ts'
import { branchName, type PullRequest } from './records.ts'

export interface SealedMergeFacts {
  seal: SealTable
  statement: Statement
  base: string
  /** The commit to become the tip. */
  tip: string
  /** Its bytes, exactly what was tapped, with its signature; null where the seal stands beside the commits. */
  commit: Buffer | null
  strength: Strength
}

/**
 * Judges, at the moment of release, whether a tap still stands for exactly what would happen now: the same act, tips,
 * tree, rules and key. Writes the resulting objects into the repository, but for the signed commit. @throws 403, 409
 */
export async function checkRelease(
  parts: MergeParts,
  question: MergeQuestion & { sealId: string },
  row: PullRequest,
): Promise<SealedMergeFacts> {
  const { database, git } = parts
  const { place, caller } = question
  const seal = await getUnspentSeal(database.read, { id: question.sealId, userId: caller.id, ...again })
  const statement = parseStatement(Buffer.from(seal.statement, 'base64'))
  if (!isForThis(statement, question, row))
    throw conflict('seal-mismatch', 'This tap was made for something else.', again)
  await checkStillMeant(database.read, row, seal)
  const { fromID, targetID, policyDigest: sealedPolicy } = statement.predicate
  const tips = await readTips(parts, place, row)
  if (tips.head !== headOf(statement)) throw conflict('head-moved', 'New commits were pushed after you tapped.', again)
  if (tips.base !== fromID) throw conflict('base-moved', 'The target branch moved after you tapped.', again)
  const source = { git, folder: place.folder }
  const committer = identOf(caller, { rpId: parts.site.rpId, at: issuedAt(statement) })
  const result = await workOut(source, { method: question.method, ...tips, committer })
  if (result.tree !== targetID || (result.tip !== null && result.tip !== tipOf(statement)))
    throw conflict('result-changed', 'Merging gives another result than the one you tapped for.', again)
  if (sealedPolicy !== parts.policy.current().digest)
    throw conflict('policy-changed', 'The rules changed after you tapped.', again)
  const { rule } = await checkRule(parts, question, row, tips)
  await checkAsRead(source, { rule, method: question.method, ...tips, tree: result.tree })
  if (rule?.stockVerifiableOnly === true && seal.armored === null)
    throw conflict(
      'not-stock-verifiable',
      'This branch now takes only keys whose signature stock git can check.',
      again,
    )
  const { record, strength } = await judgeKey(parts, question, row, seal)
  const proof = { seal, record, signer: caller, repositoryId: row.repositoryId, ref: row.targetRef }
  const landing = landingOf(seal, result, question, row)
  checkProof({ ...proof, base: tips.base, tree: result.tree, ...landing })
  await writeReplayed(source, result.replayed)
  return { seal, statement, base: tips.base, strength, ...landing }
}

/** What is to become the tip. @throws 409 where the commit gives another reason to go past the rule, or none */
function landingOf(
  seal: SealTable,
  { tip }: MergeResult,
  { bypass }: MergeQuestion,
  row: PullRequest,
): Pick<SealedMergeFacts, 'tip' | 'commit'> {
  if (tip !== null) return { tip, commit: null }
  const unsigned = Buffer.from(seal.message, 'base64')
  const said = readBypass(unsigned)
  const isSame =
    bypass === undefined
      ? said === undefined
      : said !== undefined && unsigned.includes(`\n\n${bypassParagraph(branchName(row.targetRef), bypass)}\n\n`)
  if (!isSame) throw conflict('seal-mismatch', 'This tap gives another reason to go past the rule.', again)
  const commit = sealedCommit(unsigned, seal.armored)
  return { tip: commitOid(commit), commit }
}

const again = { help: 'Nothing is lost: look at the result again and tap once more.' }

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

/** What was proposed: of a rebase the commit before it was replayed. */
export function headOf({ subject }: Pick<Statement, 'subject'>): string | undefined {
  const { digest } = subject.find(({ name }) => name === 'head') ?? subject[0] ?? {}
  return digest !== undefined && 'gitCommit' in digest ? digest.gitCommit : undefined
}

/** Where the branch goes, for a seal that stands beside its commits. */
function tipOf({ subject: [tip], predicate }: Statement): string | undefined {
  return tip !== undefined && 'gitCommit' in tip.digest && !isGitAction(predicate.action)
    ? tip.digest.gitCommit
    : undefined
}

/** Milliseconds, in whole seconds: what is made anew is dated by it, so that it comes out the same. */
export const issuedAt = ({ predicate }: { predicate: Pick<Predicate, 'issuedAt'> }): number =>
  (parseTime(predicate.issuedAt) ?? 0) * 1000

/** `decide` once more, with the key as it is now. @throws 403, 409 */
async function judgeKey(
  { database, policy, now }: MergeParts,
  { caller, place, bypass }: MergeQuestion,
  row: PullRequest,
  seal: SealTable,
): Promise<{ record: CredentialRecord; strength: Strength }> {
  const record = await findCredentialRecord(database.read, caller.id, seal.credentialRecordId)
  if (record === undefined)
    throw conflict('credential-ended', 'The passkey you tapped with was removed meanwhile.', again)
  const judge = await createTapJudge(
    { db: database.read, policy },
    { question: mergeQuestion(place, row, bypass), caller, at: now() },
  )
  const { decision, sentence } = judge(record, { made: seal })
  if (decision.outcome !== 'allow') throw forbidden(sentence, 'Tap again with another key, or add one under Account.')
  return { record, strength: weaker(seal.strength, credentialStrength(record)) }
}
