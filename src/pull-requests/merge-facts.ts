import type { Facts } from '../seals/shapes.ts'
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
  fileCount: number
  additions: number
  deletions: number
  /** Files whose lines could not be counted. */
  uncounted: number
  policyDigest: string
  isProtected: boolean
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

/** What the person reads beside the tap: everything that the signature will stand for. */
export function renderMergeFacts(merge: SealedMerge): Facts {
  const { path, number, method, targetBranch, fileCount, additions, deletions, uncounted } = merge
  return {
    title: `${method === 'merge' ? 'Merge' : 'Squash and merge'} ${path}#${number} into ${targetBranch}`,
    rows: [
      { label: 'Repository', value: path, kind: 'text' },
      { label: 'Branch', value: targetBranch, kind: 'text' },
      { label: 'Pull request', value: `#${number}: ${merge.title}`, kind: 'text' },
      { label: 'Method', value: method === 'merge' ? 'Merge commit' : 'Squash into one commit', kind: 'text' },
      { label: 'Base', value: merge.base, kind: 'oid' },
      { label: 'Head', value: merge.head, kind: 'oid' },
      { label: 'Resulting tree', value: merge.tree, kind: 'oid' },
      { label: 'Files changed', value: count(fileCount, 'file'), kind: 'text' },
      { label: 'Lines', value: `${additions} added, ${deletions} removed`, kind: 'text' },
      { label: 'Policy', value: merge.policyDigest, kind: 'digest' },
    ],
    warnings: [
      ...(uncounted === 0
        ? []
        : [`${count(uncounted, 'file')} could not be compared line by line: binary, or too large.`]),
      ...(merge.isProtected ? [] : [`${targetBranch} is not a protected branch: later pushes need no tap.`]),
    ],
  }
}
