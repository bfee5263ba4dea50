import { leafHash, rootOf } from '../../protocols/tlog/merkle.ts'
import { foldHashes } from '../../protocols/tlog/tile.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { LeafHashes } from './leaf-hashes.ts'
import type { SignedCheckpoint } from './open-checkpoint.ts'
import type { LedgerVerdict } from './verdict.ts'

const mostProblems = 20

/** Holds the lines of an export, see `exportLines`, against checkpoints. @throws CannotJudge where it is a part */
export async function checkExport(
  lines: AsyncIterable<string>,
  kept: readonly SignedCheckpoint[],
): Promise<LedgerVerdict> {
  const hashes = new LeafHashes()
  const problems: string[] = []
  let events = 0
  let waiting = 0
  for await (const line of lines) {
    if (line === '') continue
    events += 1
    const event = readLine(line)
    if (event === undefined) problems.push(`Line ${events} is no event of an export.`)
    else if (event.leafIndex === null) waiting += 1
    else if (!isOfItsLeaf(event)) problems.push(`Line ${events} says another id or time than its leaf.`)
    else if (!hashes.add(event.leafIndex, leafHash(event.leaf)))
      problems.push(`Two lines have the place ${event.leafIndex}.`)
    if (problems.length > mostProblems) break
  }
  const newest = Math.max(0, ...kept.map(({ size }) => size))
  if (newest > 0 && events > waiting && !hashes.has(0) && problems.length === 0)
    throw new CannotJudge('export-partial', 'the export begins after the first event: make one from the beginning')
  const checkpoints: LedgerVerdict['checkpoints'] = []
  for (const { size, root } of kept) {
    const missing = hashes.firstMissing(size)
    if (missing === hashes.count && problems.length === 0) throw tooShort(size, missing)
    if (missing !== undefined) problems.push(`The event at place ${missing} is missing.`)
    const holds = missing === undefined && (await rootOver(hashes, size)).equals(root)
    if (missing === undefined && !holds)
      problems.push(`The first ${size.toLocaleString('en')} events are not those that the checkpoint was made of.`)
    checkpoints.push({ size, holds })
  }
  return { version: 1, verdict: problems.length === 0 ? 'holds' : 'broken', events, checkpoints, problems }
}

const tooShort = (size: number, count: number): CannotJudge =>
  new CannotJudge(
    'export-short',
    `the checkpoint is over ${size} events and the export holds ${count}: it was made before, or events are gone. Keep the checkpoint first, then export`,
  )

const rootOver = (hashes: LeafHashes, size: number): Promise<Buffer> =>
  rootOf(size, async (level, index) => foldHashes(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)))

interface Line {
  id: string
  occurredAt: number
  leaf: string
  leafIndex: number | null
}

function readLine(line: string): Line | undefined {
  try {
    const { id, occurredAt, leaf, leafIndex } = JSON.parse(line) as Partial<Line>
    const isPlaced = leafIndex === null || (Number.isSafeInteger(leafIndex) && Number(leafIndex) >= 0)
    return typeof id === 'string' && typeof occurredAt === 'number' && typeof leaf === 'string' && isPlaced
      ? { id, occurredAt, leaf, leafIndex: leafIndex ?? null }
      : undefined
  } catch {
    return undefined
  }
}

/** Whoever reads an export goes by the line’s own id and time. */
function isOfItsLeaf({ id, occurredAt, leaf }: Line): boolean {
  try {
    const told = JSON.parse(leaf) as { id?: unknown; at?: unknown }
    return told.id === id && told.at === occurredAt
  } catch {
    return false
  }
}
