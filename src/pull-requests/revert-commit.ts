import { escapeHidden } from '../audit/record.ts'
import { conflict } from '../http/problem.ts'
import type { Source } from '../repositories/revision.ts'
import { mergeTrees, nameFiles, standIn } from './merge-trees.ts'

/** What a pull request brought: the target before and after it. */
export interface Brought {
  before: string
  after: string
}

/**
 * The tree of `tip` without what was brought: what `git revert` makes of it. Its objects are written.
 * @throws 409 `conflicts`, `nothing-to-merge`, `history-gone`
 */
export async function takeBack(
  source: Source,
  { tip, before, after, at }: Brought & { tip: string; at: number },
): Promise<string> {
  const treeOf = async (oid: string): Promise<string> => {
    const found = await source.git.objects(source.folder).info(`${oid}^{tree}`)
    if (found === undefined)
      throw conflict('history-gone', 'The commits that it brought are not here any more.', {
        help: 'The branch was given another history since. Look whether they are in that, and take them back in a clone.',
      })
    return found.oid
  }
  const here = await treeOf(tip)
  await treeOf(after)
  const made = { parent: after, at: Math.floor(at / 1000) }
  const outcome = await mergeTrees(source, {
    base: await standIn(source, { ...made, tree: here }),
    head: await standIn(source, { ...made, tree: await treeOf(before) }),
  })
  if (outcome.kind === 'conflicts')
    throw conflict('conflicts', `What came later changed the same lines in ${nameFiles(outcome.files)}.`, {
      help: 'Take it back in a clone with git revert, resolve the conflicts, push that, and open a pull request.',
    })
  if (outcome.tree === here)
    throw conflict('nothing-to-merge', 'Nothing of it is left to take back.', {
      help: 'Look at the newest commits of the branch: it may have been taken back already.',
    })
  return outcome.tree
}

/** As `git revert` says it. */
export const revertWords = ({ number, title, before, after }: Brought & { number: number; title: string }) => ({
  title: `${revertTitle(title)} (#${number})`,
  body: `This reverts commit ${after}, reversing\nchanges made to ${before}.`,
})

const longestTitle = 200

/** Of the commit and of the pull request. */
export function revertTitle(title: string): string {
  const shown = Array.from(escapeHidden(title))
  return `Revert "${shown.slice(0, longestTitle).join('')}${shown.length > longestTitle ? '…' : ''}"`
}
