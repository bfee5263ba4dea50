import { escapeHidden } from '../../audit/record.ts'
import { conflict } from '../../http/problem.ts'
import { maxComparedBytes } from '../../repositories/git-diffs.ts'
import type { Source } from '../../repositories/revision.ts'
import type { LineRange } from './map-line.ts'
import { rewriteTree } from './rewrite-tree.ts'
import { replaceLines } from './suggestion.ts'

/** The head's tree with these lines of one file replaced. Its objects are written. @throws 409 */
export async function replaceInTree(
  source: Source,
  { head, path, range, lines }: { head: string; path: string; range: LineRange; lines: readonly string[] },
): Promise<string> {
  const objects = source.git.objects(source.folder)
  const root = await objects.info(`${head}^{tree}`)
  const tree =
    root &&
    (await rewriteTree(source, root.oid, path.split('/'), async (blob) => {
      const file = await objects.read(blob, { maxBytes: maxComparedBytes })
      return file && replaceLines(file.content, range, lines)
    }))
  if (root === undefined || tree === undefined)
    throw conflict('cannot-apply', 'This is not a file whose lines can be replaced.', { help: 'Change it by hand.' })
  if (tree === root.oid)
    throw conflict('nothing-changes', 'The lines already read so.', { help: 'Resolve the thread instead.' })
  return tree
}

/** Who suggested it, and where. */
export const suggestionWords = (commit: { path: string; number: number; author: { username: string } }) => ({
  title: `Apply a suggestion of ${commit.author.username} to ${escapeHidden(commit.path)}`,
  body: `From the review of #${commit.number}.`,
})
