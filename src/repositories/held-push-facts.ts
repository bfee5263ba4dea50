import type { RefCommand } from '../protocols/git/receive-commands.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { oneLine } from '../protocols/git/report-status.ts'
import type { Facts } from '../seals/shapes.ts'
import { type Comparison, type DiffList, nothing, readDiffList } from './diff.ts'
import type { RepositoryPlace } from './place.ts'
import { readPushShape } from './push-shape.ts'
import { shortName } from './push-taps.ts'
import type { Source } from './revision.ts'

export interface HeldChange {
  /** The tree that the branch would have. */
  tree: string
  commits: number
  /** Commits that the branch would lose. */
  lost: number
  /** Author and first line of the newest. */
  newest: string
  diff: Pick<DiffList, 'fileCount' | 'additions' | 'deletions' | 'uncounted'>
}

type Pushed = Pick<RefCommand, 'ref' | 'oldOid' | 'newOid'>

/** What a push is shown against: the tip before, or, for a new branch, where it leaves the default branch. */
export async function compareHeld(
  { git, folder }: Source,
  pushed: Pick<Pushed, 'oldOid' | 'newOid'>,
  { objectDirectory, defaultBranch }: { objectDirectory: string; defaultBranch: string },
): Promise<Comparison> {
  const { oldOid, newOid } = pushed
  if (oldOid !== zeroOid) return { from: oldOid, to: newOid, objectDirectory }
  const { code, stdout } = await git.run(['merge-base', `refs/heads/${defaultBranch}`, newOid], {
    repository: folder,
    objectDirectory,
    // 128: there is no such branch yet.
    ok: [0, 1, 128],
  })
  return { from: code === 0 ? stdout.toString().trim() : nothing, to: newOid, objectDirectory }
}

/** Reads what was pushed where it lies until the verdict. @throws GitError where the tip is no commit */
export async function readHeldChange(
  source: Source,
  pushed: Pushed,
  at: { objectDirectory: string; defaultBranch: string },
): Promise<HeldChange> {
  const { git, folder } = source
  const { oldOid, newOid } = pushed
  const run = async (...args: string[]): Promise<string> =>
    (await git.run(args, { repository: folder, objectDirectory: at.objectDirectory })).stdout.toString().trim()
  const count = async (tip: string, ...except: string[]): Promise<number> =>
    Number(await run('rev-list', '--count', tip, ...except))
  const { isFastForward } = await readPushShape(git, folder, { oldOid, newOid, ...at })
  return {
    tree: await run('rev-parse', '--verify', '--end-of-options', `${newOid}^{commit}^{tree}`),
    commits: await count(newOid, ...(oldOid === zeroOid ? ['--not', '--all'] : [`^${oldOid}`])),
    lost: isFastForward ? 0 : await count(oldOid, `^${newOid}`),
    newest: oneLine(await run('log', '--max-count=1', '--no-show-signature', '--format=%an: %s', newOid)).slice(0, 200),
    diff: await readDiffList(source, await compareHeld(source, pushed, at)),
  }
}

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

export const titleOfHeld = ({ ref }: Pushed, { path }: RepositoryPlace, { commits }: Pick<HeldChange, 'commits'>) =>
  `Push ${counted(commits, 'commit')} to ${shortName(ref)} of ${path}`

/** What the person reads beside the tap. */
export function renderHeldFacts(
  pushed: Pushed,
  place: RepositoryPlace,
  { change, policyDigest }: { change: HeldChange; policyDigest: string },
): Facts {
  const { tree, commits, lost, newest, diff } = change
  const name = shortName(pushed.ref)
  const isNew = pushed.oldOid === zeroOid
  return {
    title: titleOfHeld(pushed, place, change),
    rows: [
      { label: 'Repository', value: place.path, kind: 'text' },
      { label: 'Branch', value: name, kind: 'text' },
      ...(isNew ? [] : [{ label: 'Before', value: pushed.oldOid, kind: 'oid' as const }]),
      { label: 'After', value: pushed.newOid, kind: 'oid' },
      { label: 'Resulting tree', value: tree, kind: 'oid' },
      { label: 'Commits', value: String(commits), kind: 'text' },
      { label: 'Newest commit', value: newest, kind: 'text' },
      { label: 'Files changed', value: counted(diff.fileCount, 'file'), kind: 'text' },
      { label: 'Lines', value: `${diff.additions} added, ${diff.deletions} removed`, kind: 'text' },
      { label: 'Policy', value: policyDigest, kind: 'digest' },
    ],
    warnings: [
      ...(isNew ? [`This makes the branch ${name}.`] : []),
      ...(lost === 0 ? [] : [`${counted(lost, 'commit')} of ${name} would no longer be on it.`]),
      ...(diff.uncounted === 0
        ? []
        : [`${counted(diff.uncounted, 'file')} could not be compared line by line: binary, or too large.`]),
      'Your tap stands beside these commits, not in them: stock git shows no signature of yours, postern verify does.',
    ],
  }
}
