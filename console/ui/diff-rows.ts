import type { DiffRange, DiffSide } from './diff-lines.ts'

/** The viewer's table, read by what it writes on its cells: unified rows carry two numbers, split ones a side per cell. */
const ROW = 'tr[data-state="diff"]'

export const rowsOf = (box: Element): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(ROW)]

/** The line a cell belongs to, on the side that is meant: the cell's own, else the new one where there is one. */
export interface PlaceInDiff {
  row: HTMLElement
  side: DiffSide
  line: number
}

const numberIn = (row: Element, selector: string, attribute: string): number | null => {
  const text = row.querySelector(selector)?.getAttribute(attribute)
  return text ? Number(text) : null
}

/** A row's line number on one side; null where that side has no such line. */
export function lineOf(row: Element, side: DiffSide): number | null {
  const short = side === 'base' ? 'old' : 'new'
  return (
    numberIn(row, `[data-line-${short}-num]`, `data-line-${short}-num`) ??
    numberIn(row, `td[data-side="${short}"] [data-line-num]`, 'data-line-num')
  )
}

export function placeOfRow(row: HTMLElement, wanted?: DiffSide): PlaceInDiff | null {
  for (const side of wanted ? [wanted] : (['head', 'base'] as const)) {
    const line = lineOf(row, side)
    if (line !== null) return { row, side, line }
  }
  return null
}

/** Where an event happened. In a split diff the side is that of the half. */
export function placeAt(target: EventTarget | null): PlaceInDiff | null {
  if (!(target instanceof Element)) return null
  const row = target.closest<HTMLElement>(ROW)
  const half = target.closest('td')?.getAttribute('data-side')
  return row && placeOfRow(row, half === 'old' ? 'base' : half === 'new' ? 'head' : undefined)
}

export const isOnNumber = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('td[class*="-num"]') !== null

/** Marks the rows of a range, and no others. */
export function paintRange(box: Element, range: DiffRange | null): void {
  for (const row of box.querySelectorAll('[data-picked]')) row.removeAttribute('data-picked')
  if (range === null) return
  for (const row of rowsOf(box)) {
    const line = lineOf(row, range.side)
    if (line !== null && line >= range.startLine && line <= range.line) row.setAttribute('data-picked', range.side)
  }
}

/** Marks the row where the keyboard stands, and brings it into view. */
export function paintCursor(box: Element, row: HTMLElement | null): void {
  for (const other of box.querySelectorAll('[data-cursor]')) other.removeAttribute('data-cursor')
  row?.setAttribute('data-cursor', 'here')
  row?.scrollIntoView({ block: 'nearest' })
}
