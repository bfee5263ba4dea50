export type Unit = 'µs' | 'ms' | 's' | 'MB'

/** One line of the table: what was measured, ours, its peer, and how much is allowed. */
export interface Row {
  measured: string
  unit: Unit
  /** Medians of alternating runs, for one operation. */
  ours: number
  peer?: { name: string; value: number }
  /** The most that is allowed: times the peer, or in the row's own unit. Without it the row only tells. */
  reach?: { ratio: number } | { value: number }
}

export interface BenchOptions {
  rounds: number
  say: (line: string) => void
}

/** A group of rows that share what it takes to measure them. */
export interface Group {
  name: string
  does: string
  run: (options: BenchOptions) => Promise<Row[]>
}

export type Measured<Names extends string> = Record<Names, number>

/** Runs each side in turn, again and again, so that a slow minute hits all alike. Returns the median of each. */
export async function alternate<Names extends string>(
  rounds: number,
  sides: Record<Names, () => number | Promise<number>>,
): Promise<Measured<Names>> {
  const names = Object.keys(sides) as Names[]
  const runs = new Map<Names, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of names) runs.get(name)?.push(await sides[name]())
  return Object.fromEntries(names.map((name) => [name, median(runs.get(name) ?? [])])) as Measured<Names>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Ours over the peer's; undefined where there is no peer in the same unit. */
export const ratioOf = (row: Row): number | undefined =>
  row.peer === undefined ? undefined : row.ours / row.peer.value

/** Whether the row stays within its reach; undefined where nothing was asked of it. */
export function isReached(row: Row): boolean | undefined {
  if (row.reach === undefined) return undefined
  if ('value' in row.reach) return row.ours <= row.reach.value
  const ratio = ratioOf(row)
  return ratio !== undefined && ratio <= row.reach.ratio
}
