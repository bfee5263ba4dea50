import type { Git } from './git.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'

// What no ref may hold, git-check-ref-format(1): it would be taken for a pattern, of which an older git may never find the end.
// eslint-disable-next-line no-control-regex
const inNoRef = /[\u0000-\u0020\u007f~^:?*[\\]/

/** Where these refs point; those that do not exist are left out. */
export async function readRefs(git: Git, folder: string, refs: readonly string[]): Promise<Map<string, string>> {
  const possible = refs.filter((ref) => !inNoRef.test(ref))
  if (possible.length === 0) return new Map()
  const { stdout } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', '--', ...possible], {
    repository: folder,
  })
  const lines = stdout.toString().split('\n').filter(Boolean)
  const found = new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
  // for-each-ref also lists what lies below a name.
  return new Map(refs.flatMap((ref) => (found.has(ref) ? [[ref, found.get(ref) ?? '']] : [])))
}

/** Where one ref points; all zeros where it does not exist, as in git's own protocols. */
export async function readRef(git: Git, folder: string, ref: string): Promise<string> {
  return (await readRefs(git, folder, [ref])).get(ref) ?? zeroOid
}

/** Moves one ref if it still is where it was: `oldOid` all zeros to create, `newOid` all zeros to delete. @throws GitError */
export async function updateRef(
  git: Git,
  folder: string,
  move: { ref: string; oldOid: string; newOid: string },
): Promise<void> {
  const { ref, oldOid, newOid } = move
  const args = newOid === zeroOid ? ['-d', '--end-of-options', ref, oldOid] : ['--end-of-options', ref, newOid, oldOid]
  await git.run(['update-ref', '--no-deref', ...args], { repository: folder })
}

/**
 * Moves a ref of the server's own, which no push can reach and no rule judges: `refs/pull/*` and `refs/postern/*`.
 * @throws GitError where it moved meanwhile
 */
export async function updateServerRef(
  git: Git,
  folder: string,
  move: { ref: string; oldOid?: string; newOid: string },
): Promise<void> {
  if (!/^refs\/(pull|postern)\//.test(move.ref)) throw new TypeError(`${move.ref} is not the server's own`)
  const expected = move.oldOid === undefined ? [] : [move.oldOid]
  await git.run(['update-ref', '--no-deref', '--end-of-options', move.ref, move.newOid, ...expected], {
    repository: folder,
  })
}

/**
 * Whether the old tip lies on the new tip's first-parent chain: a foxtrot merge, which brings it in as the second
 * parent, would take sealed history off the line that verifiers walk.
 */
export async function keepsFirstParents(
  git: Git,
  folder: string,
  { oldOid, newOid, objectDirectory }: { oldOid: string; newOid: string; objectDirectory?: string },
): Promise<boolean> {
  if (newOid === zeroOid) return false
  if (oldOid === zeroOid || oldOid === newOid) return true
  const args = ['rev-list', '--first-parent', '--parents', '--end-of-options', newOid, `^${oldOid}`]
  const lines = (
    await git.run(args, {
      repository: folder,
      maxOutputBytes: 64 * 1024 ** 2,
      ...(objectDirectory === undefined ? {} : { objectDirectory }),
    })
  ).stdout
    .toString()
    .trimEnd()
    .split('\n')
  return lines.at(-1)?.split(' ')[1] === oldOid
}
