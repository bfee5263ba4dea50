import type { PersonRef } from '../http/shapes.ts'
import { nothingToMerge } from '../repositories/push-proposal.ts'
import type { BranchComparison } from './compare-branches.ts'
import type { ReadyLine } from './ready/judge-ready.ts'
import type { Mergeability, MethodChoice } from './shapes.ts'

export interface MergeFacts {
  state: 'open' | 'merged' | 'closed'
  isDraft: boolean
  sourceBranch: string
  targetBranch: string
  hasSource: boolean
  hasTarget: boolean
  /** Null where a branch is missing. */
  comparison: BranchComparison | null
  /** A person in a browser session with the role `write`. */
  mayMerge: boolean
  /** Null where neither the branch nor a guardrail asks anything of the key; else why none of theirs will do. */
  key: { refusal: string | null } | null
  heldBy: PersonRef | null
  /** What the branch's rule asks for beside the tap, met or not. */
  ready: readonly ReadyLine[]
  /** Every way to merge, with why it is not one. */
  methods: readonly MethodChoice[]
}

/** Whether it can be merged now, with the list of what is met and what would help. Pure. */
export function judgeMergeability(facts: MergeFacts): Mergeability {
  const { comparison, sourceBranch, targetBranch, heldBy } = facts
  const outcome = comparison?.outcome ?? null
  const conflicts = outcome?.kind === 'conflicts' ? outcome.files : []
  if (facts.state !== 'open') return { state: 'closed', conflicts: [], checks: [], heldBy: null }
  const hasBranches = facts.hasSource && facts.hasTarget
  const isRelated = comparison !== null && comparison.mergeBase !== null
  const checks: Mergeability['checks'] = [
    ...(facts.isDraft ? [check('Ready for review', false, draftWords)] : []),
    check(
      'Both branches exist',
      hasBranches,
      `Push ${facts.hasSource ? targetBranch : sourceBranch} again, or close this pull request.`,
    ),
  ]
  if (hasBranches)
    checks.push(check('The branches share history', isRelated, `Base your work on ${targetBranch} and push it again.`))
  if (isRelated) {
    checks.push(check('There is something to merge', outcome !== null, nothingToMerge(targetBranch)))
    checks.push(
      check(
        `${conflicts.length === 0 ? 'No conflicts' : 'Conflicts'} with ${targetBranch}`,
        conflicts.length === 0,
        `Merge ${targetBranch} into ${sourceBranch}, resolve the files named, and push.`,
      ),
    )
  }
  checks.push(...facts.ready)
  const isClosed = outcome?.kind === 'clean' && facts.methods.every(({ refusal }) => refusal !== null)
  if (isClosed) checks.push(check('A way to merge is open', false, closedWords(facts.methods)))
  checks.push(
    check('You may merge here', facts.mayMerge, 'It takes a person signed in with a passkey, with the role “write”.'),
  )
  if (facts.key !== null)
    checks.push({
      ...check('You have a key that may merge here', facts.key.refusal === null, facts.key.refusal ?? ''),
      needs: 'key',
    })
  return { state: stateOf(), conflicts, checks, heldBy }

  function stateOf(): Mergeability['state'] {
    if (!hasBranches) return 'source-missing'
    if (!isRelated) return 'not-allowed'
    if (outcome === null) return 'nothing-to-merge'
    if (outcome.kind === 'conflicts') return 'conflicts'
    if (facts.isDraft) return 'draft'
    if (!facts.mayMerge || (facts.key?.refusal ?? null) !== null) return 'not-allowed'
    return !isClosed && facts.ready.every(({ isMet }) => isMet) ? 'ready' : 'not-ready'
  }
}

const draftWords = 'This is a draft: whoever may write here marks it as “Ready for review”.'

const closedWords = (methods: readonly MethodChoice[]): string =>
  [...new Set(methods.map(({ refusal }) => refusal))].filter(Boolean).join(' ')

const check = (label: string, isMet: boolean, help: string): Mergeability['checks'][number] => ({
  label,
  isMet,
  help: isMet ? null : help,
})
