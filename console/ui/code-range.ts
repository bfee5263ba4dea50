export interface LineRange {
  from: number
  to: number
}

const MAX_LINE = 10_000_000

/** `L10` or `L10-L20`, with or without `#`; null for anything else. */
export function parseLineHash(hash: string): LineRange | null {
  const match = /^#?L(\d{1,8})(?:-L?(\d{1,8}))?$/.exec(hash)
  if (!match) return null
  const [a, b] = [Number(match[1]), Number(match[2] ?? match[1])]
  if (a < 1 || b < 1 || a > MAX_LINE || b > MAX_LINE) return null
  return { from: Math.min(a, b), to: Math.max(a, b) }
}

/** The fragment for a click on `line`; with a range before (shift was held) it reaches from there. */
export function lineHash(line: number, reachFrom: LineRange | null): string {
  if (reachFrom === null || reachFrom.from === line) return `L${line}`
  return line < reachFrom.from ? `L${line}-L${reachFrom.to}` : `L${reachFrom.from}-L${line}`
}
