import { recordEvent } from '../audit/record.ts'
import { conflict, ProblemError } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { checkStillWrites } from '../repositories/push-standing.ts'
import { moveRef, type RefMoved } from '../repositories/ref-updates.ts'
import { updateServerRef } from '../repositories/refs.ts'
import { takeSeal } from '../seals/take-seal.ts'
import { checkStillMeant } from './check-still-meant.ts'
import { followBranches } from './follow-branches.ts'
import type { MergeParts } from './merge-parts.ts'
import { type MergeQuestion, mergeQuestion } from './merge-question.ts'
import { checkNotDraft, checkOpen, getPullRequest, type PullRequest, pullRef } from './records.ts'
import { recordMerge } from './record-merge.ts'
import { checkRelease, headOf, isForThis, type SealedMergeFacts } from './release.ts'
import type { MergeDone } from './shapes.ts'

export interface MergeReleaseParts extends MergeParts {
  /** Brings signers and seals into the repository, before anybody hears that its branch has moved. */
  onMoved: RefMoved
  /** The same for what the tables say by now. */
  project: (place: RepositoryPlace) => Promise<void>
  /** The merge stands; what failed after it is only told to the log. */
  log: (error: unknown, doing: string) => void
}

/** A merge whose tap was made, by whoever made it. */
export type SealedQuestion = MergeQuestion & { caller: Caller; sealId: string }

/**
 * Releases a sealed merge: the bytes that were tapped become the tip, or nothing changes. Of a push, a second merge and
 * this one, git's comparison with the old tip lets exactly one through. @throws 403, 409 with what to do
 */
export async function merge(parts: MergeReleaseParts, question: SealedQuestion): Promise<MergeDone> {
  const { database } = parts
  const { place, number, sealId, caller } = question
  const row = await getPullRequest(database.read, place.repository.id, number)
  // The answer to the first call was lost on its way.
  if (row.mergeOid !== null && row.mergeSealId === sealId && row.mergedBy === caller.id)
    return { mergeOid: row.mergeOid, number }
  try {
    checkNotDraft(row)
    const release = await checkRelease(parts, question, row)
    const mergeOid = await move(parts, question, row, release)
    await finish(parts, place, row, release)
    return { mergeOid, number }
  } catch (error) {
    if (error instanceof ProblemError) await noteRefusal(parts, question, row, error)
    throw error
  }
}

async function move(
  parts: MergeReleaseParts,
  question: SealedQuestion,
  row: PullRequest,
  { seal, base, tip, commit, strength }: SealedMergeFacts,
): Promise<string> {
  const { database, git, now } = parts
  const { place, caller, sealId } = question
  try {
    await moveRef({
      database,
      git,
      now,
      place,
      strength,
      door: 'merge',
      ref: row.targetRef,
      oldOid: base,
      newOid: tip,
      actor: caller,
      method: `seal ${seal.id}`,
      sealId: seal.id,
      ...(commit === null ? {} : { commitBytes: commit }),
      pullRequestId: row.id,
      // Once more in the transaction: working a merge out takes its time, and the role may have gone meanwhile.
      async onPrepare(tx) {
        await checkStillWrites(tx, place, caller)
        await checkStillMeant(tx, await getPullRequest(tx, place.repository.id, row.number), seal)
        await takeSeal(tx, {
          sealId,
          caller,
          policy: parts.policy,
          question: mergeQuestion(place, row, question.bypass),
          at: now(),
          isFor: (statement) => isForThis(statement, question, row),
        })
      },
      onMoved: parts.onMoved,
      onDone: recordMerge,
    })
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'ref-moved') throw error
    checkOpen(await getPullRequest(database.read, place.repository.id, row.number))
    throw conflict('base-moved', 'Somebody else was faster: the target branch moved at the same moment.', {
      help: 'Nothing is lost: look at the result again and tap once more.',
      cause: error,
    })
  }
  return tip
}

async function finish(
  parts: MergeReleaseParts,
  place: RepositoryPlace,
  row: PullRequest,
  { seal, statement, strength }: SealedMergeFacts,
): Promise<void> {
  try {
    await parts.project(place)
    await updateServerRef(parts.git, place.folder, {
      ref: pullRef(row.number),
      newOid: headOf(statement) ?? row.headOid,
    })
    // The branch it went into may itself be proposed for another.
    await followBranches(parts, place, [
      { ref: row.targetRef, actorId: seal.userId, method: `seal ${seal.id}`, strength },
    ])
  } catch (error) {
    parts.log(error, 'after a merge')
  }
}

function noteRefusal(
  { database, now }: MergeReleaseParts,
  { place, caller, number }: SealedQuestion,
  row: PullRequest,
  problem: ProblemError,
): Promise<unknown> {
  return database.write((tx) =>
    recordEvent(tx, {
      action: 'merge.refused',
      actor: actorOf(caller),
      target: { kind: 'pull-request', id: row.id },
      repositoryId: place.repository.id,
      outcome: 'refused',
      facts: { repository: place.path, number, reason: problem.code },
      at: now(),
    }),
  )
}
