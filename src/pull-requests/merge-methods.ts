import { conflict } from '../http/problem.ts'
import type { BranchRule } from '../repositories/branch-rule.ts'
import type { Source } from '../repositories/revision.ts'
import type { MergeMethod } from './shapes.ts'

export const methodWords: Record<MergeMethod, string> = {
  merge: 'a merge commit',
  squash: 'a squash into one commit',
  rebase: 'a rebase',
  'fast-forward': 'a fast-forward',
}

export const isMergeMethod = (action: string): action is MergeMethod => Object.hasOwn(methodWords, action)

/** Those that make no commit to sign: the seal stands beside what moves. */
export const isDetached = (method: MergeMethod): method is 'rebase' | 'fast-forward' =>
  method === 'rebase' || method === 'fast-forward'

/**
 * Why the branch's rule does not let it be merged in this way, in a sentence; undefined where it does. Past the rule only
 * merge and squash go, because their commit says so itself. Pure.
 */
export function findMethodRefusal(given: {
  method: MergeMethod
  /** Undefined for a branch that is not protected. */
  rule: Pick<BranchRule, 'methods' | 'linearHistory' | 'signedCommits' | 'stockVerifiableOnly'> | undefined
  /** Short name of the target. */
  branch: string
  isPastRule?: boolean
}): string | undefined {
  const { method, rule, branch, isPastRule = false } = given
  if (isPastRule)
    return isDetached(method)
      ? `Past a rule only a merge commit or a squash goes, because it says so itself: ${methodWords[method]} cannot.`
      : undefined
  if (rule === undefined) return undefined
  if (!rule.methods.includes(method)) return `The rule of ${branch} allows only ${listed(rule.methods)}.`
  if (rule.signedCommits && method === 'rebase')
    return `${branch} takes only signed commits, and a rebase makes them anew, which loses their signatures.`
  if (rule.linearHistory && method === 'merge') return `${branch} keeps one straight line: it takes no merge commits.`
  if (rule.stockVerifiableOnly && isDetached(method))
    return `${branch} takes only commits whose signature stock git can check, and ${methodWords[method]} makes none.`
  return undefined
}

const listed = (methods: readonly MergeMethod[]): string => methods.map((method) => methodWords[method]).join(' or ')

/** A straight line stays one where what is brought in has no merges. @throws 409 */
export async function checkStraight(
  { git, folder }: Source,
  { base, head, branch }: { base: string; head: string; branch: string },
): Promise<void> {
  const { stdout } = await git.run(
    ['rev-list', '--min-parents=2', '--max-count=1', '--end-of-options', head, `^${base}`],
    { repository: folder },
  )
  const found = stdout.toString().trim()
  if (found === '') return
  throw conflict(
    'not-straight',
    `${branch} keeps one straight line, and the commit ${found.slice(0, 10)} is a merge.`,
    {
      help: 'Rebase your branch without merges and push it, or squash it.',
    },
  )
}
