import type { Facts } from '../seals/shapes.ts'
import { isDetached } from './merge-methods.ts'
import type { MergeMethod } from './shapes.ts'

export interface SealedMerge {
  path: string
  number: number
  title: string
  method: MergeMethod
  targetBranch: string
  sourceBranch: string
  base: string
  head: string
  tree: string
  /** What comes to stand on the branch without a signature of its own, oldest first. */
  commits: readonly { oid: string; subject: string }[]
  fileCount: number
  additions: number
  deletions: number
  /** Files whose lines could not be counted. */
  uncounted: number
  policyDigest: string
  isProtected: boolean
  /** Where it goes past the branch's rule: why, what of it is not met, and until when a second person must look. */
  past?: { reason: string; unmet: readonly string[]; confirmBy: number } | undefined
}

const shownCommits = 20

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

const titles: Record<MergeMethod, string> = {
  merge: 'Merge',
  squash: 'Squash and merge',
  rebase: 'Rebase and merge',
  'fast-forward': 'Fast-forward',
}

const methods: Record<MergeMethod, string> = {
  merge: 'Merge commit',
  squash: 'Squash into one commit',
  rebase: 'Rebase: each commit anew on top',
  'fast-forward': 'Fast-forward: the branch moves to the head',
}

/** What the person reads beside the tap: everything that the signature will stand for. */
export function renderMergeFacts(merge: SealedMerge): Facts {
  const { path, number, method, targetBranch, fileCount, additions, deletions, past } = merge
  return {
    title: `${titles[method]} ${path}#${number} into ${targetBranch}${past === undefined ? '' : ', past its rule'}`,
    rows: [
      { label: 'Repository', value: path, kind: 'text' },
      { label: 'Branch', value: targetBranch, kind: 'text' },
      { label: 'Pull request', value: `#${number}: ${merge.title}`, kind: 'text' },
      { label: 'Method', value: methods[method], kind: 'text' },
      ...(past === undefined ? [] : [{ label: 'Reason', value: past.reason, kind: 'text' as const }]),
      { label: 'Base', value: merge.base, kind: 'oid' },
      { label: 'Head', value: merge.head, kind: 'oid' },
      { label: 'Resulting tree', value: merge.tree, kind: 'oid' },
      ...commitRows(merge.commits),
      { label: 'Files changed', value: count(fileCount, 'file'), kind: 'text' },
      { label: 'Lines', value: `${additions} added, ${deletions} removed`, kind: 'text' },
      { label: 'Policy', value: merge.policyDigest, kind: 'digest' },
    ],
    warnings: warningsOf(merge),
  }
}

function commitRows(commits: SealedMerge['commits']): Facts['rows'] {
  if (commits.length === 0) return []
  const shown = commits.slice(-shownCommits)
  const left = commits.length - shown.length
  return [
    {
      label: 'Commits',
      value: `${count(commits.length, 'commit')}${left === 0 ? '' : `; the last ${shown.length} are shown`}`,
      kind: 'text',
    },
    ...shown.map(({ oid, subject }, at) => ({
      label: `Commit ${left + at + 1}`,
      value: `${oid.slice(0, 10)} ${subject}`,
      kind: 'text' as const,
    })),
  ]
}

function warningsOf({ method, targetBranch, uncounted, isProtected, past }: SealedMerge): string[] {
  const warnings: string[] = []
  if (past !== undefined)
    warnings.push(
      `This goes past the rule of ${targetBranch}. Its administrators are told, and a second person must look at it by ${inWords(past.confirmBy)}.`,
      ...past.unmet.map((line) => `Not met: ${line}`),
    )
  if (isDetached(method))
    warnings.push(
      'Stock git shows no signature on these commits: your seal stands beside them, and postern verify checks it.',
    )
  if (uncounted > 0)
    warnings.push(`${count(uncounted, 'file')} could not be compared line by line: binary, or too large.`)
  if (!isProtected) warnings.push(`${targetBranch} is not a protected branch: later pushes need no tap.`)
  return warnings
}

const inWords = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
