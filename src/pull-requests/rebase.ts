import { conflict } from '../http/problem.ts'
import { commitOid } from '../protocols/sshsig/commit-signature.ts'
import { SshsigError } from '../protocols/sshsig/sshsig.ts'
import type { Source } from '../repositories/revision.ts'
import { writeCommits } from '../repositories/write-commits.ts'
import type { Ident } from '../seals/format/commit.ts'
import { mergeTrees, nameFiles, standIn } from './merge-trees.ts'
import { type OriginalCommit, parseOriginal, renderReplayed } from './replayed-commit.ts'

/** More than this is a history to merge, not a change to replay. */
export const mostReplayed = 100

/** A commit as it comes to stand on the branch, and the one it was made from. */
export interface Replayed {
  oid: string
  from: string
  tree: string
  subject: string
  bytes: Buffer
}

/**
 * Replays the commits of `head` that `base` lacks on top of `base`, one after the other: authors and messages stay, the
 * committer is whoever asks. The same arguments always give the same commits. Trees are written to the repository, or to
 * `objectDirectory`; the commits are not, see `writeReplayed`. @throws 409 that names the commit in the way
 */
export async function replay(
  source: Source,
  wanted: { base: string; head: string; committer: Ident; objectDirectory?: string },
): Promise<Replayed[]> {
  const { base, head, committer, objectDirectory } = wanted
  const objects = source.git.objects(source.folder)
  const read = async (oid: string): Promise<OriginalCommit> => {
    const object = await objects.read(oid)
    if (object?.type !== 'commit') throw new Error(`${oid} is no commit`)
    try {
      return parseOriginal(object.content)
    } catch (cause) {
      if (!(cause instanceof SshsigError)) throw cause
      // git minds less what else stands in a commit.
      throw conflict('cannot-replay', `The commit ${short(oid)} cannot be replayed: ${cause.message}.`, {
        help: 'Write it anew with git commit --amend and push it, or merge or squash instead.',
        cause,
      })
    }
  }
  const treeOf = async (oid: string): Promise<string> => {
    const found = await objects.info(`${oid}^{tree}`)
    if (found === undefined) throw new Error(`${oid} has no tree`)
    return found.oid
  }
  const replayed: Replayed[] = []
  let [tip, tree] = [base, await treeOf(base)]
  for (const oid of await listToReplay(source, { base, head })) {
    const original = await read(oid)
    const [parent] = original.parents
    if (parent === undefined)
      throw conflict('unrelated', `The commit ${short(oid)} has no parent to replay it from.`, {
        help: 'Merge or squash instead.',
      })
    const parentTree = await treeOf(parent)
    const isEmpty = original.tree === parentTree
    const next = isEmpty
      ? tree
      : parentTree === tree
        ? original.tree
        : await mergeOnto(source, {
            oid,
            subject: original.subject,
            parent,
            tree,
            at: committer.timestamp,
            objectDirectory,
          })
    // The branch has it already, by another commit.
    if (next === tree && !isEmpty) continue
    const bytes = renderReplayed(original, { tree: next, parent: tip, committer })
    tip = commitOid(bytes)
    tree = next
    replayed.push({ oid: tip, from: oid, tree, subject: original.subject, bytes })
  }
  return replayed
}

/** Brings them into the repository; their trees are there. */
export async function writeReplayed({ git, folder }: Source, replayed: readonly Replayed[]): Promise<void> {
  if (replayed.length === 0) return
  const commits = replayed.map(({ bytes }) => bytes)
  await writeCommits(git, folder, commits)
}

/** Commits of `head` that `base` lacks, the oldest first. @throws 409 for merges among them, and for too many */
async function listToReplay(
  { git, folder }: Source,
  { base, head }: { base: string; head: string },
): Promise<string[]> {
  const args = ['rev-list', '--reverse', '--topo-order', '--parents', '--end-of-options', head, `^${base}`]
  const { stdout } = await git.run(args, { repository: folder })
  const lines = stdout.toString().split('\n').filter(Boolean)
  if (lines.length > mostReplayed)
    throw conflict('too-many-commits', `There are ${lines.length} commits: at most ${mostReplayed} can be replayed.`, {
      help: 'Merge or squash instead.',
    })
  return lines.map((line) => {
    const [oid = '', ...parents] = line.split(' ')
    if (parents.length > 1)
      throw conflict('has-merges', `The commit ${short(oid)} is a merge, which cannot be replayed.`, {
        help: 'Rebase your branch without merges and push it, or merge or squash instead.',
      })
    return oid
  })
}

/** The tree of `oid` on top of `tree`, by what `oid` changed in its parent. */
async function mergeOnto(
  source: Source,
  given: {
    oid: string
    subject: string
    parent: string
    tree: string
    at: number
    objectDirectory: string | undefined
  },
): Promise<string> {
  const { oid, parent, tree, at, objectDirectory } = given
  const here = await standIn(source, { parent, tree, at, objectDirectory })
  const outcome = await mergeTrees(source, {
    base: here,
    head: oid,
    ...(objectDirectory === undefined ? {} : { objectDirectory }),
  })
  if (outcome.kind === 'clean') return outcome.tree
  const commit = `${short(oid)} (“${given.subject}”)`
  throw conflict('conflicts', `The commit ${commit} conflicts with the target in ${nameFiles(outcome.files)}.`, {
    help: 'Rebase your branch on the target, resolve them, and push; or merge instead.',
  })
}

const short = (oid: string): string => oid.slice(0, 10)
