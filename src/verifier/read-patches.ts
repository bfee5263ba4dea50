import { RAW_DIFF, parseRawDiff, patchDigest } from '../seals/format/patch-digest.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { Repository } from './git.ts'
import type { SealedStep } from './step.ts'

/**
 * The one best commit that both have. Undefined where there is none, where a commit is not in the clone, and where there
 * are several: two branches that were merged into each other differ by more than a comparison with one of them shows.
 */
export async function findMergeBase(repository: Repository, base: string, head: string): Promise<string | undefined> {
  const { code, stdout } = await repository.try(['merge-base', '--all', '--end-of-options', base, head])
  const [found, ...more] = code === 0 ? stdout.trim().split('\n') : []
  return more.length === 0 ? found : undefined
}

/**
 * The digests of what a step brought in: from its base to what came of it, and, where the proposed commit is in the
 * clone, from the merge base to that. They differ where the branch had moved in the same files.
 */
export async function readPatches(repository: Repository, { base, tip, head }: SealedStep): Promise<string[]> {
  const mergeBase = await findMergeBase(repository, base, head)
  const pairs = [[base, tip], ...(mergeBase ? [[mergeBase, head]] : [])] as [string, string][]
  const digests = await Promise.all(pairs.map(([from, to]) => digestBetween(repository, from, to)))
  return digests.filter((digest) => digest !== undefined)
}

// What git says of that many changes at once fits in memory.
const BATCH = 1000

/** The digests of what came of steps, from base to tip, by tip; all of them by a few git processes. */
export async function readLandedPatches(
  repository: Repository,
  steps: readonly SealedStep[],
): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (let at = 0; at < steps.length; at += BATCH) {
    const batch = steps.slice(at, at + BATCH)
    // Given a parent, git does not look at those that the commit has.
    const pairs = batch.map(({ tip, base }) => `${tip} ${base}\n`).join('')
    const parts = splitByCommit(await repository.bytes(['diff-tree', '--stdin', ...RAW_DIFF], pairs))
    for (const { tip } of batch) {
      // Of a commit that changes nothing git says nothing.
      const digest = digestOf(parts.get(tip) ?? Buffer.alloc(0))
      if (digest !== undefined) digests.set(tip, digest)
    }
  }
  return digests
}

/** A commit's name, then of each path a line that begins with a colon and the path: each ends in NUL. */
function splitByCommit(raw: Buffer): Map<string, Buffer> {
  const parts = new Map<string, Buffer>()
  for (let at = 0; at < raw.length;) {
    const nameEnd = raw.indexOf(0, at)
    let end = nameEnd + 1
    while (raw[end] === COLON) end = raw.indexOf(0, raw.indexOf(0, end) + 1) + 1
    parts.set(raw.toString('latin1', at, nameEnd), raw.subarray(nameEnd + 1, end))
    at = end
  }
  return parts
}

const COLON = 0x3a

async function digestBetween(repository: Repository, from: string, to: string): Promise<string | undefined> {
  return digestOf(await repository.bytes(['diff-tree', ...RAW_DIFF, '--end-of-options', from, to]))
}

function digestOf(raw: Buffer): string | undefined {
  try {
    return patchDigest(parseRawDiff(raw))
  } catch (error) {
    // A tree that names a path twice: no digest is right.
    if (error instanceof SealError) return undefined
    throw error
  }
}
