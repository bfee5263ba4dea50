import { Lru } from '../protocols/lru.ts'
import { listMergeBases } from '../repositories/merge-bases.ts'
import type { Source } from '../repositories/revision.ts'
import { type MergeOutcome, withPreview } from './merge-trees.ts'

/** How one commit stands to another that it would be merged into. */
export interface BranchComparison {
  /** Null where they share no history. */
  mergeBase: string | null
  /**
   * Each was merged into the other, so that they have several such commits: compared with one of them, the head does not
   * show all that merging changes.
   */
  isCrossed: boolean
  /** Commits that the merge would bring in. */
  commitCount: number
  /** Null where there is nothing to merge, or nothing in common. */
  outcome: MergeOutcome | null
}

const nothingInCommon: BranchComparison = { mergeBase: null, isCrossed: false, commitCount: 0, outcome: null }

const known = new Lru<string, BranchComparison>(500)

/** Two commits stand to each other for ever as they do: asked once. */
export async function compareBranches(
  source: Source,
  { base, head }: { base: string; head: string },
): Promise<BranchComparison> {
  const key = `${source.folder} ${base} ${head}`
  const before = known.get(key)
  if (before !== undefined) return before
  // The target of a closed one may be long gone, and its commits with it.
  const objects = source.git.objects(source.folder)
  if ((await objects.info(base)) === undefined || (await objects.info(head)) === undefined) return nothingInCommon
  const [mergeBase = null, ...more] = await listMergeBases(source, { base, head })
  const hasWork = mergeBase !== null && mergeBase !== head
  const comparison: BranchComparison = {
    mergeBase,
    isCrossed: more.length > 0,
    commitCount: mergeBase === null ? 0 : await countCommits(source, base, head),
    outcome: hasWork ? await withPreview(source, { base, head }, async ({ outcome }) => outcome) : null,
  }
  known.set(key, comparison)
  return comparison
}

async function countCommits({ git, folder }: Source, base: string, head: string): Promise<number> {
  const { stdout } = await git.run(['rev-list', '--count', '--end-of-options', head, `^${base}`], {
    repository: folder,
  })
  return Number(stdout.toString())
}
