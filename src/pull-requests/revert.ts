import { conflict, forbidden, nothingLeft, ProblemError } from '../http/problem.ts'
import { explainDecision } from '../policy/words.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { commitOid } from '../protocols/sshsig/commit-signature.ts'
import { chooseBranch } from '../repositories/choose-branch.ts'
import { editCommit } from '../repositories/edits/edit-commit.ts'
import { getTapped, movedBy, type Signing } from '../repositories/edits/signing.ts'
import { createPushJudge } from '../repositories/push-taps.ts'
import { checkStillWrites } from '../repositories/push-standing.ts'
import { methodOf, moveRef } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import type { Which } from './note-change.ts'
import type { MergeParts } from './merge-parts.ts'
import { openPullRequest } from './open.ts'
import { branchName, getPullRequest, type PullRequest } from './records.ts'
import { revertTitle, revertWords, takeBack } from './revert-commit.ts'
import { branchFor, findOpenRevert, findRevertUnderWay, type RevertUnderWay, settled } from './reverts.ts'

/**
 * Proposes to take back what a pull request brought: one commit on top of where its target stands now, on a branch of its
 * own, and a pull request for that. The target stays as it is until somebody merges this as any other.
 * @returns the number of the pull request, also of one that was open for this already
 * @throws 401 `seal-required` where it is to be signed and nobody has tapped, 409 `not-merged`, `target-missing`,
 * `conflicts`, `nothing-to-merge`, `history-gone`, `no-free-name`
 */
export async function revertPullRequest(
  parts: MergeParts,
  { place, caller, number, signing }: Which & { signing?: Signing | undefined },
): Promise<number> {
  const { database, git, policy, site, now } = parts
  const source = { git, folder: place.folder }
  const row = await getPullRequest(database.read, place.repository.id, number)
  const brought = checkMerged(row)
  const open = await findOpenRevert(database.read, row)
  if (open !== undefined) return open
  const targetBranch = branchName(row.targetRef)
  const tip = await findTip(source, row.targetRef)
  if (tip === undefined) throw conflict('target-missing', `The branch ${targetBranch} is gone.`, { help: byHand })
  const at = now()
  const tree = await takeBack(source, { ...brought, tip, at })
  const { branch } = await chooseBranch(
    parts,
    { place, caller },
    {
      branch: branchFor(number),
      isFree: (oldOid) => oldOid === zeroOid,
      help: byHand,
    },
  )
  const ref = `refs/heads/${branch}`
  const words = revertWords({ ...brought, number, title: row.title })
  const files = [`take back #${number}`]
  const tapped =
    signing && (await getTapped(parts, { place, ref, oldOid: zeroOid, parent: tip, tree, ...words, files }, signing))
  const commitBytes = tapped?.bytes ?? editCommit({ tree, parent: tip, ...words }, caller, { rpId: site.rpId, at })
  const newOid = commitOid(commitBytes)
  const propose = (sourceBranch: string): Promise<number> =>
    openOnce(parts, { place, caller, row }, { sourceBranch, targetBranch })
  let other: { open: number } | RevertUnderWay | undefined
  const moving = moveRef({
    database,
    git,
    now,
    place,
    door: 'push',
    ref,
    oldOid: zeroOid,
    newOid,
    actor: caller,
    ...(tapped === undefined
      ? { method: methodOf(caller), strength: caller.strength, commitBytes }
      : { ...movedBy(tapped), onMoved: parts.onMoved }),
    // Once more in the transaction: the role may have gone, or a guardrail come, at this very moment.
    async onPrepare(tx) {
      await checkStillWrites(tx, place, caller)
      const judge = await createPushJudge({ db: tx, policy, at: now() }, place, caller)
      const { decision, facts } = judge(branch)
      if (decision.outcome !== 'allow') throw forbidden(explainDecision(decision, facts), byHand)
      // One moves a reference of this repository after the other from here on: of two presses at once this is the second.
      const opened = await findOpenRevert(tx, row)
      other = opened === undefined ? await findRevertUnderWay(tx, row, commitBytes) : { open: opened }
      if (other !== undefined) throw overtaken
      await tapped?.take(tx)
    },
  })
  await moving.catch((error: unknown) => {
    if (error !== overtaken) throw error
  })
  if (other === undefined) return propose(branch)
  if ('open' in other) return other.open
  return (await settled(database.read, other)) === 'done'
    ? propose(other.branch)
    : revertPullRequest(parts, { place, caller, number, signing })
}

/** Stops a move that somebody else has begun already. */
const overtaken = new Error('somebody else was faster')

/** Also where whoever pressed at the same moment has opened it for this branch. @returns its number */
async function openOnce(
  parts: MergeParts,
  { place, caller, row }: Omit<Which, 'number'> & { row: PullRequest },
  { sourceBranch, targetBranch }: { sourceBranch: string; targetBranch: string },
): Promise<number> {
  try {
    const opened = await openPullRequest(parts, place, caller, {
      title: revertTitle(row.title),
      description: `This takes back what #${row.number} brought to ${targetBranch}.`,
      sourceBranch,
      targetBranch,
    })
    return opened.number
  } catch (error) {
    const open =
      error instanceof ProblemError && error.code === 'already-open'
        ? await findOpenRevert(parts.database.read, row)
        : undefined
    if (open === undefined) throw error
    return open
  }
}

const byHand = 'Take it back in a clone with git revert, and push that to a branch of another name.'

/** @throws 409 */
function checkMerged({ state, number, baseOid, mergeOid }: PullRequest): { before: string; after: string } {
  if (state === 'merged' && mergeOid !== null) return { before: baseOid, after: mergeOid }
  throw conflict('not-merged', `Pull request #${number} is not merged, so there is nothing to take back.`, {
    help: state === 'open' ? 'Close it instead.' : nothingLeft,
  })
}
