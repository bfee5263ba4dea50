import { Lru } from '../../protocols/lru.ts'
import type { Source } from '../../repositories/revision.ts'
import { parseRawDiff, patchDigest, RAW_DIFF } from '../../seals/format/patch-digest.ts'

/** What a person reads who looks at a pull request, by its digests. */
export interface ChangeDigest {
  mergeBase: string
  /** Of the head. */
  tree: string
  /** See docs/formats/seal.md, hex. */
  patch: string
}

const maxDiffBytes = 96 * 1024 ** 2

const known = new Lru<string, ChangeDigest>(1_000)

/** Commits never change, so each pair is computed once. Null where the two share no history, or one of them is gone. */
export async function readChangeDigest(
  source: Source,
  { base, head }: { base: string; head: string },
): Promise<ChangeDigest | null> {
  const key = `${source.folder} ${base} ${head}`
  const before = known.get(key)
  if (before !== undefined) return before
  const { git, folder } = source
  const tree = await git.objects(folder).info(`${head}^{tree}`)
  const mergeBase = await findMergeBase(source, { base, head })
  if (tree === undefined || mergeBase === null) return null
  const { stdout } = await git.run(['diff-tree', ...RAW_DIFF, '--end-of-options', mergeBase, head], {
    repository: folder,
    maxOutputBytes: maxDiffBytes,
  })
  const digest = { mergeBase, tree: tree.oid, patch: patchDigest(parseRawDiff(stdout)) }
  known.set(key, digest)
  return digest
}

const bases = new Lru<string, string | false>(1_000)

/** Null where the two share no history, or one of them is gone. */
export async function findMergeBase(
  { git, folder }: Source,
  { base, head }: { base: string; head: string },
): Promise<string | null> {
  const key = `${folder} ${base} ${head}`
  const before = bases.get(key)
  if (before !== undefined) return before || null
  const objects = git.objects(folder)
  if ((await objects.info(base)) === undefined || (await objects.info(head)) === undefined) return null
  const { code, stdout } = await git.run(['merge-base', '--end-of-options', base, head], {
    repository: folder,
    ok: [0, 1],
  })
  const found = code === 0 ? stdout.toString().trim() : null
  bases.set(key, found ?? false)
  return found
}
