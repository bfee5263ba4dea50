import { RAW_DIFF, parseRawDiff, patchDigest } from '../seals/format/patch-digest.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { Repository } from './git.ts'
import type { Step } from './step.ts'

/**
 * The digests of what a step brought in: from its base to what came of it, and, where the proposed commit is in the
 * clone, from the merge base to that. They differ where the branch had moved in the same files.
 */
export async function readPatches(repository: Repository, { base, tip, head }: Step): Promise<string[]> {
  const { code, stdout } = await repository.try(['merge-base', base, head])
  const [mergeBase] = code === 0 ? stdout.split('\n') : []
  const pairs = [[base, tip], ...(mergeBase ? [[mergeBase, head]] : [])] as [string, string][]
  const digests = await Promise.all(pairs.map(([from, to]) => digestBetween(repository, from, to)))
  return digests.filter((digest) => digest !== undefined)
}

async function digestBetween(repository: Repository, from: string, to: string): Promise<string | undefined> {
  const raw = await repository.bytes(['diff-tree', ...RAW_DIFF, '--end-of-options', from, to])
  try {
    return patchDigest(parseRawDiff(raw))
  } catch (error) {
    // A tree that names a path twice: no digest is right.
    if (error instanceof SealError) return undefined
    throw error
  }
}
