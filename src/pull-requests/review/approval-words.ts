import type { Facts } from '../../seals/shapes.ts'

export interface ApprovedChange {
  path: string
  number: number
  title: string
  targetBranch: string
  head: string
  mergeBase: string
  patch: string
  fileCount: number
  additions: number
  deletions: number
  uncounted: number
  policyDigest: string
  /** What is said with it: somebody's token may have written that. */
  body: string
  /** By the branch's rule it will not count. */
  isLastPusher: boolean
}

const mostShown = 1_000

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

/** What the person reads beside the tap: what an approval stands for. */
export function renderApprovalFacts(change: ApprovedChange): Facts {
  const { path, number, title, body, targetBranch, fileCount, additions, deletions, uncounted, isLastPusher } = change
  return {
    title: `Approve ${path}#${number} into ${targetBranch}`,
    rows: [
      { label: 'Repository', value: path, kind: 'text' },
      { label: 'Branch', value: targetBranch, kind: 'text' },
      { label: 'Pull request', value: `#${number}: ${title}`, kind: 'text' },
      { label: 'Head', value: change.head, kind: 'oid' },
      { label: 'Seen from', value: change.mergeBase, kind: 'oid' },
      { label: 'What changes', value: `sha256:${change.patch}`, kind: 'digest' },
      { label: 'Files changed', value: count(fileCount, 'file'), kind: 'text' },
      { label: 'Lines', value: `${additions} added, ${deletions} removed`, kind: 'text' },
      {
        label: 'It means',
        value: 'You read exactly this change and agree to it, for everybody to check.',
        kind: 'text',
      },
      ...(body === '' ? [] : [{ label: 'Your words', value: shortened(body), kind: 'text' as const }]),
      { label: 'Policy', value: change.policyDigest, kind: 'digest' },
    ],
    warnings: [
      ...(uncounted === 0
        ? []
        : [`${count(uncounted, 'file')} could not be compared line by line: binary, or too large.`]),
      ...(isLastPusher ? [`You pushed last: by the rule of ${targetBranch} your approval will not count.`] : []),
    ],
  }
}

const shortened = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)} …` : text)
