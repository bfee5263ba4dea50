import { conflict } from '../http/problem.ts'
import { listCommits } from '../repositories/commits.ts'
import { keepsFirstParents } from '../repositories/refs.ts'
import type { Source } from '../repositories/revision.ts'
import type { Ident } from '../seals/format/commit.ts'
import { isDetached } from './merge-methods.ts'
import { getMergedTree, mergeTrees } from './merge-trees.ts'
import { replay, type Replayed } from './rebase.ts'
import { pushOrClose } from './records.ts'
import type { MergeMethod } from './shapes.ts'

/** What merging in one way makes of the target branch. */
export interface MergeResult {
  tree: string
  /** The commit to become the tip; null where the tap makes it. */
  tip: string | null
  /** What stands on the branch afterwards and carries no signature, oldest first. */
  commits: { oid: string; subject: string }[]
  /** Commits of a rebase that are to be written before the branch moves. */
  replayed: Replayed[]
}

const mostListed = 250

/**
 * Works it out afresh: the same tips, method and committer always give the same. New trees are written to the repository,
 * or to `objectDirectory`. @throws 409 with what is in the way
 */
export async function workOut(
  source: Source,
  wanted: { method: MergeMethod; base: string; head: string; committer: Ident; objectDirectory?: string },
): Promise<MergeResult> {
  const { method, base, head } = wanted
  if (!isDetached(method)) {
    const tree = getMergedTree(await mergeTrees(source, wanted))
    return { tree, tip: null, commits: [], replayed: [] }
  }
  if (method === 'fast-forward') return moveOn(source, { base, head })
  const replayed = await replay(source, wanted)
  const last = replayed.at(-1)
  if (last === undefined)
    throw conflict('nothing-to-merge', 'The target branch has all of these changes already.', { help: pushOrClose })
  return { tree: last.tree, tip: last.oid, commits: replayed, replayed }
}

async function moveOn(source: Source, { base, head }: { base: string; head: string }): Promise<MergeResult> {
  const { git, folder } = source
  if (!(await keepsFirstParents(git, folder, { oldOid: base, newOid: head })))
    throw conflict('not-fast-forward', 'The target branch cannot simply move on: it has commits of its own.', {
      help: 'Rebase your branch on it and push, or choose another way to merge.',
    })
  const tree = await git.objects(folder).info(`${head}^{tree}`)
  if (tree === undefined) throw new Error(`${head} has no tree`)
  const commits = await listCommits(source, { tip: head, without: base, limit: mostListed })
  return { tree: tree.oid, tip: head, commits: commits.toReversed(), replayed: [] }
}
