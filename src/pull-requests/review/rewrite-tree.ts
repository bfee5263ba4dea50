import type { Source } from '../../repositories/revision.ts'
import { directoryMode, parseTree, type RawEntry } from '../../repositories/tree.ts'

const fileModes = ['100644', '100755']

/**
 * The tree that differs from `root` in the content of one file. Follows the path entry by entry, so that no spelling
 * leads out of the tree, and through no link. Undefined where the path is not a plain file. Writes objects, no ref.
 */
export async function rewriteTree(
  source: Source,
  root: string,
  path: readonly string[],
  content: (blob: string) => Promise<Buffer | undefined>,
): Promise<string | undefined> {
  const { git, folder } = source
  const [name, ...rest] = path
  const tree = await git.objects(folder).read(root)
  if (tree === undefined || name === undefined) return undefined
  const entries = parseTree(tree.content)
  const entry = entries.find(({ bytes }) => bytes.equals(Buffer.from(name)))
  if (entry === undefined) return undefined
  const oid = await replacementOf(entry)
  return oid && write(source, 'tree', renderTree(entries.map((other) => (other === entry ? { ...entry, oid } : other))))

  async function replacementOf({ mode, oid: old }: RawEntry): Promise<string | undefined> {
    if (rest.length > 0) return mode === directoryMode ? rewriteTree(source, old, rest, content) : undefined
    const bytes = fileModes.includes(mode) ? await content(old) : undefined
    return bytes && write(source, 'blob', bytes)
  }
}

const renderTree = (entries: readonly RawEntry[]): Buffer =>
  Buffer.concat(
    entries.flatMap(({ mode, bytes, oid }) => [
      // git writes directories without their leading zero.
      Buffer.from(`${mode.replace(/^0/, '')} `),
      bytes,
      Buffer.of(0),
      Buffer.from(oid, 'hex'),
    ]),
  )

async function write({ git, folder }: Source, type: 'blob' | 'tree', input: Buffer): Promise<string> {
  const { stdout } = await git.run(['hash-object', '-w', '-t', type, '--stdin'], { repository: folder, input })
  return stdout.toString().trim()
}
