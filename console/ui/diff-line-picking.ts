import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { type DiffRange, rangeWords } from './diff-lines.ts'
import { isOnNumber, paintCursor, paintRange, type PlaceInDiff, placeAt, placeOfRow, rowsOf } from './diff-rows.ts'

const span = (from: Pick<PlaceInDiff, 'side' | 'line'>, to: PlaceInDiff): DiffRange => {
  const end = placeOfRow(to.row, from.side)?.line ?? from.line
  return { side: from.side, startLine: Math.min(from.line, end), line: Math.max(from.line, end) }
}

/**
 * Lines of one file's diff, chosen: a press on a number, a drag over several, Shift and a press to reach further; with
 * the keyboard arrows, Shift and arrows, Enter. Nothing is added to the lines, so that thousands of them cost nothing.
 */
export function useLinePicking(
  box: RefObject<HTMLDivElement | null>,
  { picked, onPick }: { picked: DiffRange | null; onPick: ((range: DiffRange) => void) | null },
) {
  const dragFrom = useRef<PlaceInDiff | null>(null)
  const cursor = useRef<{ at: PlaceInDiff; from: PlaceInDiff } | null>(null)
  /** For those who do not see the marked row. */
  const [said, setSaid] = useState('')
  useEffect(() => {
    // The viewer draws its rows a moment after us.
    const frame = requestAnimationFrame(() => box.current && paintRange(box.current, picked))
    return () => cancelAnimationFrame(frame)
  })
  if (onPick === null) return { said, handlers: {} }

  const show = (range: DiffRange | null) => {
    if (box.current) paintRange(box.current, range)
  }
  const onPointerDown = (event: PointerEvent) => {
    const place = isOnNumber(event.target) ? placeAt(event.target) : null
    if (place === null || event.button !== 0) return
    if (event.pointerType === 'mouse') event.preventDefault()
    dragFrom.current = event.shiftKey && picked?.side === place.side ? { ...place, line: picked.startLine } : place
    show(span(dragFrom.current, place))
  }
  const onPointerMove = (event: PointerEvent) => {
    if (dragFrom.current === null || event.pointerType !== 'mouse') return
    const place = placeAt(event.target)
    if (place) show(span(dragFrom.current, place))
  }
  const onPointerUp = (event: PointerEvent) => {
    const from = dragFrom.current
    dragFrom.current = null
    const place = placeAt(event.target)
    if (from && place) onPick(span(from, place))
  }
  const onPointerLeave = () => {
    if (dragFrom.current === null) return
    dragFrom.current = null
    show(picked)
  }

  const move = (by: number, isExtending: boolean) => {
    if (!box.current) return
    const rows = rowsOf(box.current)
    const index = cursor.current ? rows.indexOf(cursor.current.at.row) : -1
    const row = rows[Math.min(rows.length - 1, Math.max(0, index === -1 ? 0 : index + by))]
    const at = row && placeOfRow(row)
    if (!at) return
    cursor.current = { at, from: isExtending && cursor.current ? cursor.current.from : at }
    paintCursor(box.current, at.row)
    const range = span(cursor.current.from, at)
    show(isExtending ? range : picked)
    setSaid(`${rangeWords(range)}: ${at.row.lastElementChild?.textContent ?? ''}`)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown') move(1, event.shiftKey)
    else if (event.key === 'ArrowUp') move(-1, event.shiftKey)
    else if ((event.key === 'Enter' || event.key === 'c') && cursor.current)
      onPick(span(cursor.current.from, cursor.current.at))
    else return
    event.preventDefault()
  }
  const onBlur = (event: React.FocusEvent) => {
    if (event.target === box.current && box.current) paintCursor(box.current, null)
  }
  return { said, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerLeave, onKeyDown, onBlur } }
}
