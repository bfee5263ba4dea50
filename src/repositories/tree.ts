import { notFound } from '../http/problem.ts'
import type { Source } from './revision.ts'
import type { TreeEntry } from './shapes.ts'
import { isText, maxTextBytes } from './text.ts'

export interface RawEntry {
  /** Octal, six digits. */
  mode: string
  /** Bytes that are not UTF-8 are shown by U+FFFD; `bytes` has them as they are. */
  name: string
  bytes: Buffer
  oid: string
}

/** Where a path leads to in a tree. */
export interface Located {
  mode: string
  oid: string
  /** The path again, or, where git cannot be asked for it because it is not UTF-8, the directory above. */
  askable: string
  /** The path as git has it. */
  bytes: Buffer
}

export const directoryMode = '040000'
export const submoduleMode = '160000'
export const symlinkMode = '120000'

const maxEntries = 2000

/** The entries of a tree object in git's own form, so that no name is too odd to be listed. */
export function parseTree(content: Buffer): RawEntry[] {
  const entries: RawEntry[] = []
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const end = content.indexOf(0, space)
    if (space === -1 || end === -1 || end + 21 > content.length) throw new RangeError('not a tree object')
    const bytes = content.subarray(space + 1, end)
    entries.push({
      mode: content.toString('latin1', at, space).padStart(6, '0'),
      name: bytes.toString(),
      bytes,
      oid: content.toString('hex', end + 1, end + 21),
    })
    at = end + 21
  }
  return entries
}

/** Follows a path as people see it down from a commit. The empty path is the root. */
export async function findPath({ git, folder }: Source, commitOid: string, path: string): Promise<Located | undefined> {
  const objects = git.objects(folder)
  const root = await objects.info(`${commitOid}^{tree}`)
  if (root === undefined) return undefined
  let here: Located = { mode: directoryMode, oid: root.oid, askable: '', bytes: Buffer.alloc(0) }
  let isAskable = true
  for (const part of path === '' ? [] : path.split('/')) {
    if (here.mode !== directoryMode) return undefined
    const tree = await objects.read(here.oid)
    const entry = tree && parseTree(tree.content).find(({ name }) => name === part)
    if (entry === undefined) return undefined
    isAskable &&= Buffer.from(entry.name).equals(entry.bytes)
    here = {
      mode: entry.mode,
      oid: entry.oid,
      askable: isAskable ? joinPath(here.askable, entry.name) : here.askable,
      bytes: here.bytes.length === 0 ? entry.bytes : Buffer.concat([here.bytes, Buffer.from('/'), entry.bytes]),
    }
  }
  return here
}

/** @throws 404 */
export async function getPath(source: Source, commitOid: string, path: string): Promise<Located> {
  const located = await findPath(source, commitOid, path)
  if (located === undefined) throw notFound('This path')
  return located
}

/** What a directory holds, and what is listed of it: directories first, then by name. @throws 404 */
export async function readEntries({ git, folder }: Source, treeOid: string) {
  const tree = await git.objects(folder).read(treeOid)
  if (tree === undefined) throw notFound('This directory')
  const all = parseTree(tree.content).map((entry) => ({ ...entry, kind: kindOf(entry.mode) }))
  const sorted = all.toSorted((one, other) => Number(other.kind === 'directory') - Number(one.kind === 'directory'))
  return { all, shown: sorted.slice(0, maxEntries) }
}

/** A directory as it is listed, with the sizes of files and its README. */
export async function readDirectory(source: Source, treeOid: string, path: string) {
  const objects = source.git.objects(source.folder)
  const { all, shown } = await readEntries(source, treeOid)
  const entries = await Promise.all(
    shown.map(async ({ kind, name, oid }): Promise<TreeEntry> => {
      const isFile = kind === 'file' || kind === 'executable'
      return {
        name,
        path: joinPath(path, name),
        kind,
        oid,
        size: isFile ? ((await objects.info(oid))?.size ?? null) : null,
      }
    }),
  )
  return { entries, isTruncated: all.length > maxEntries, readme: await readReadme(source, all) }
}

// Best first.
const readmeNames = ['readme.md', 'readme.markdown', 'readme', 'readme.txt', 'readme.rst', 'readme.adoc']

async function readReadme({ git, folder }: Source, entries: (RawEntry & { kind: TreeEntry['kind'] })[]) {
  const rank = ({ name }: RawEntry): number => readmeNames.indexOf(name.toLowerCase())
  const [best] = entries
    .filter((entry) => (entry.kind === 'file' || entry.kind === 'executable') && rank(entry) >= 0)
    .sort((one, other) => rank(one) - rank(other))
  if (best === undefined) return null
  const objects = git.objects(folder)
  const size = (await objects.info(best.oid))?.size ?? Infinity
  const blob = size > maxTextBytes ? undefined : await objects.read(best.oid)
  return blob !== undefined && isText(blob.content) ? { name: best.name, text: blob.content.toString() } : null
}

function kindOf(mode: string): TreeEntry['kind'] {
  if (mode === directoryMode) return 'directory'
  if (mode === submoduleMode) return 'submodule'
  if (mode === symlinkMode) return 'symlink'
  return mode === '100755' ? 'executable' : 'file'
}

export const joinPath = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`)
