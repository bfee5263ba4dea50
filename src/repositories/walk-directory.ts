import { createEntryWalk } from './entry-walk.ts'
import { readStream, type StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'
import type { StreamHolder } from './stream-shares.ts'
import type { Located, RawEntry } from './tree.ts'

/** What one look into the past of a directory may take; what is not found by then is left out. */
export interface WalkLimits extends StreamLimits {
  commits: number
}
export const defaultWalkLimits: WalkLimits = { commits: 20_000, bytes: 64 * 1024 ** 2, timeMs: 2000 }

const [colon, slash, newline] = [0x3a, 0x2f, 0x0a]
// `:<mode> <mode> <oid> <oid> <status>`, NUL, the path, NUL.
const [newModeAt, newOidAt, pathAt] = [8, 56, 99]
const unchanged: ReadonlyMap<number, boolean> = new Map()

const log = [
  'log',
  '-z',
  '--format=%H %P',
  '--raw',
  '-t',
  '--no-abbrev',
  '--no-renames',
  '--ignore-submodules=none',
  '--no-ext-diff',
  '--no-textconv',
  '--diff-merges=first-parent',
  // Every commit, whatever it touched: where clocks go wrong, git takes parents away that it left out before (2.39).
  '--full-history',
  '--sparse',
] as const

/**
 * The commit of each entry of a directory, by its number, as far as the limits let one process of git go. Raw bytes all
 * the way: no name is too odd.
 */
export async function walkDirectory(
  source: Source,
  { tip, located, entries }: { tip: string; located: Located; entries: readonly RawEntry[] },
  { holder, limits = defaultWalkLimits }: { holder: StreamHolder; limits?: WalkLimits },
): Promise<ReadonlyMap<number, string>> {
  const walk = createEntryWalk(entries.length)
  if (entries.length === 0) return walk.found
  const numbers = new Map(entries.map(({ bytes }, number) => [bytes.toString('latin1'), number]))
  const prefix = located.bytes.length === 0 ? located.bytes : Buffer.concat([located.bytes, Buffer.of(slash)])

  let commit: { oid: string; parents: string[]; changed: Map<number, boolean> | undefined } | undefined
  function endCommit(): void {
    if (commit !== undefined) walk.take({ ...commit, changed: commit.changed ?? unchanged })
    commit = undefined
  }
  function readChange(output: Buffer, at: number, end: number): void {
    const nameAt = at + pathAt + prefix.length
    for (let byte = nameAt; byte < end; byte++) if (output[byte] === slash) return
    if (prefix.compare(output, at + pathAt, Math.min(nameAt, end)) !== 0) return
    const number = numbers.get(output.toString('latin1', nameAt, end))
    const entry = number === undefined ? undefined : entries[number]
    if (commit === undefined || number === undefined || entry === undefined || walk.found.has(number)) return
    const isSame =
      output.toString('latin1', at + newModeAt, at + newModeAt + 6) === entry.mode &&
      output.toString('latin1', at + newOidAt, at + newOidAt + 40) === entry.oid
    commit.changed ??= new Map()
    // Twice where a file took the place of a directory: one is deleted, the other is what is there then.
    commit.changed.set(number, isSame || commit.changed.get(number) === true)
  }
  /** Returns where the part begins that is not whole yet. */
  function read(output: Buffer): number {
    let at = 0
    while (at < output.length && !walk.isOver) {
      const isChange = output[at] === colon
      // Between a commit and its changes.
      if (output[at] === newline || output[at] === 0) at++
      else {
        const end = output.indexOf(0, isChange ? at + pathAt : at)
        if (end === -1) break
        if (isChange) readChange(output, at, end)
        else {
          endCommit()
          const [oid = '', ...parents] = output.toString('latin1', at, end).trimEnd().split(' ')
          commit = { oid, parents, changed: undefined }
        }
        at = end + 1
      }
    }
    return at
  }

  let rest: Buffer = Buffer.alloc(0)
  const isWhole = await readStream(
    source,
    [
      ...log,
      `--max-count=${limits.commits}`,
      '--end-of-options',
      tip,
      '--',
      ...(located.askable === '' ? [] : [located.askable]),
    ],
    { holder, limits },
    (chunk) => {
      const all: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      rest = all.subarray(read(all))
      return walk.isOver ? 'enough' : 'more'
    },
  )
  if (isWhole) endCommit()
  return walk.found
}
