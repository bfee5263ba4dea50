import { Lru } from '../../protocols/lru.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { Unsigned } from '../../repositories/commit-signatures/find-unsigned.ts'
import { isUnsigned, unsignedRefusal } from '../../repositories/commit-signatures/unsigned-words.ts'
import { keepsFirstParents } from '../../repositories/refs.ts'
import type { Source } from '../../repositories/revision.ts'
import { findMethodRefusal } from '../merge-methods.ts'
import { keepsCommits } from '../signed-commits.ts'
import type { MergeMethod, MethodChoice } from '../shapes.ts'

/** How what is proposed lies to its target, as far as the ways to merge depend on it. */
export interface HistoryFacts {
  /** The target has nothing of its own: it can simply move on. */
  isAhead: boolean
  /** There are merges among the commits that it would bring. */
  hasMerges: boolean
}

const known = new Lru<string, HistoryFacts>(500)

export async function readHistory(
  { git, folder }: Source,
  { base, head, mergeBase }: { base: string; head: string; mergeBase: string },
): Promise<HistoryFacts> {
  const key = `${folder} ${base} ${head}`
  const before = known.get(key)
  if (before !== undefined) return before
  const args = ['rev-list', '--min-parents=2', '--max-count=1', '--end-of-options', head, `^${base}`]
  const { stdout } = await git.run(args, { repository: folder })
  const facts = {
    isAhead: mergeBase === base && (await keepsFirstParents(git, folder, { oldOid: base, newOid: head })),
    hasMerges: stdout.length > 0,
  }
  known.set(key, facts)
  return facts
}

const methods: readonly MergeMethod[] = ['merge', 'squash', 'rebase', 'fast-forward']

/** Every way to merge, with why it is not one: by the branch's rule first, then by how the commits lie. Pure. */
export function judgeMethods({
  rule,
  branch,
  history,
  unsigned,
}: {
  rule: BranchRule | undefined
  branch: string
  /** Null where nothing can be merged anyway. */
  history: HistoryFacts | null
  /** Null where the rule does not ask for signed commits. */
  unsigned: Unsigned | null
}): MethodChoice[] {
  return methods.map((method) => ({
    method,
    refusal: findMethodRefusal({ method, rule, branch }) ?? refusalOf(method) ?? null,
  }))

  function refusalOf(method: MergeMethod): string | undefined {
    if (history === null) return undefined
    if (method === 'rebase' && history.hasMerges) return 'There are merges among its commits, which cannot be replayed.'
    if (unsigned !== null && keepsCommits(method) && isUnsigned(unsigned)) return unsignedRefusal(branch)
    if (method !== 'fast-forward') return undefined
    if (!history.isAhead)
      return `${branch} has commits of its own, so it cannot simply move on: rebase onto it, and push.`
    return history.hasMerges && rule?.linearHistory === true
      ? `${branch} keeps one straight line, and there are merges among its commits.`
      : undefined
  }
}
