import { leafHash, nodeHash, type ReadNode, rootOf } from '../../protocols/tlog/merkle.ts'
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
  const newest = Math.max(...kept.map(({ size }) => size))
  if (newest === 0)
    throw new CannotJudge('checkpoint-empty', 'the checkpoint was made before the first event: it promises nothing')
  const hashes = new LeafHashes()
  const problems: string[] = []
  let events = 0
  let last = ''
  for await (const line of lines) {
    if (line === '') continue
    events += 1
    const event = readLine(line)
    if (event === undefined) problems.push(`Line ${events} is no event of an export.`)
    else if (!isOfItsLeaf(event)) problems.push(`Line ${events} says another id or time than its leaf.`)
    else if (event.id <= last) problems.push(`Line ${events} is not in its order, or there twice.`)
    // Of what no checkpoint covers nothing can be said.
    else if (event.leafIndex !== null && event.leafIndex < newest && !hashes.add(event.leafIndex, leafHash(event.leaf)))
      problems.push(`Two lines have the place ${event.leafIndex}.`)
    last = event?.id ?? last
    if (problems.length >= mostProblems) break
  }
  if (problems.length === 0 && !hashes.has(0))
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
  const verdict = problems.length === 0 ? 'holds' : 'broken'
  return { version: 1, verdict, events, covered: hashes.count, checkpoints, problems }
}

const tooShort = (size: number, count: number): CannotJudge =>
  new CannotJudge(
    'export-short',
    `the checkpoint is over ${size} events and the export holds ${count}: it was made before, or events are gone. Keep the checkpoint first, then export`,
  )

/** Folded by parts of 256, so that millions of events take no more than their hashes. */
function rootOver(hashes: LeafHashes, size: number): Promise<Buffer> {
  const node: ReadNode = async (level, index) =>
    level <= 8
      ? foldHashes(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level))
      : nodeHash(await node(level - 1, 2 * index), await node(level - 1, 2 * index + 1))
  return rootOf(size, node)
}

interface Line {
  id: string
  occurredAt: number
  leaf: string
  leafIndex: number | null
}

/** Exactly as exports are written: what another reader could take for something else is none. */
function readLine(line: string): Line | undefined {
  let read: Partial<Line>
  try {
    read = JSON.parse(line) as Partial<Line>
  } catch {
    return undefined
  }
  const { id, occurredAt, leaf, leafIndex } = read
  if (typeof id !== 'string' || typeof occurredAt !== 'number' || typeof leaf !== 'string') return undefined
  if (leafIndex === undefined)
    throw new CannotJudge('export-unreadable', 'the export was made before events had places: make a new one')
  const isPlaced = leafIndex === null || (Number.isSafeInteger(leafIndex) && leafIndex >= 0)
  const isPlain = JSON.stringify({ id, occurredAt, leaf, leafIndex }) === line && leaf.isWellFormed()
  return isPlaced && isPlain ? { id, occurredAt, leaf, leafIndex } : undefined
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
