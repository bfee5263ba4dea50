import { conflict, invalid } from '../../http/problem.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { checkShortRefName, refNameSentences } from '../../protocols/git/ref-name.ts'
import { readRef, readRefs } from '../refs.ts'
import type { Source } from '../revision.ts'
import type { NewCommit } from './shapes.ts'

/**
 * Which branch moves, from where, and what the commit stands on.
 * @throws 409 `no-such-branch`, `branch-moved`, `branch-taken`, 422
 */
export async function findStart(
  source: Source,
  { branch, newBranch, expectedHead, pullRequest }: NewCommit,
): Promise<{ branch: string; oldOid: string; parent: string }> {
  if (pullRequest === true && newBranch === undefined) throw invalid('newBranch', 'A pull request takes a new branch.')
  const problem = newBranch === undefined ? undefined : checkShortRefName(newBranch)
  if (problem !== undefined) throw invalid('newBranch', refNameSentences[problem])
  const isName = checkShortRefName(branch) === undefined
  const tip = isName ? await readRef(source.git, source.folder, `refs/heads/${branch}`) : zeroOid
  if (tip === zeroOid)
    throw conflict('no-such-branch', `There is no branch ${branch}.`, { help: 'Choose a branch that is there.' })
  if (newBranch === undefined) {
    if (tip !== expectedHead)
      throw conflict('branch-moved', `${branch} moved on since you began.`, {
        help: 'Propose your change on a new branch, or open the file again and repeat it.',
      })
    return { branch, oldOid: tip, parent: tip }
  }
  const other = await findInTheWay(source, newBranch)
  if (other !== undefined)
    throw conflict('branch-taken', `There is a branch ${other} already.`, { help: 'Choose another name.' })
  if (tip !== expectedHead && !(await isAncestor(source, expectedHead, tip)))
    throw conflict('branch-moved', `${branch} was rewritten since you began.`, {
      help: 'Open the file again and repeat your change.',
    })
  return { branch: newBranch, oldOid: zeroOid, parent: expectedHead }
}

/** A branch of this name, below it, or above it: git keeps each in a file of its name. */
async function findInTheWay({ git, folder }: Source, name: string): Promise<string | undefined> {
  const parts = name.split('/')
  const above = parts.slice(1).map((_, index) => `refs/heads/${parts.slice(0, index + 1).join('/')}`)
  const [found] = (await readRefs(git, folder, above)).keys()
  if (found !== undefined) return found.slice('refs/heads/'.length)
  const args = ['for-each-ref', '--count=1', '--format=%(refname:lstrip=2)', '--', `refs/heads/${name}`]
  return (await git.run(args, { repository: folder })).stdout.toString().trim() || undefined
}

async function isAncestor({ git, folder }: Source, oid: string, tip: string): Promise<boolean> {
  if ((await git.objects(folder).info(oid))?.type !== 'commit') return false
  const { code } = await git.run(['merge-base', '--is-ancestor', oid, tip], { repository: folder, ok: [0, 1] })
  return code === 0
}
