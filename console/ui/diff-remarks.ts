import { type ReactNode, createContext, useContext } from 'react'
import type { DiffFile } from '../api/shapes.ts'
import { type DiffRange, type DiffSide, type PatchLines, rangeText } from './diff-lines.ts'

/** What stands below single lines of a file. The viewer wants each wrapped. */
export type LineRemarks = Record<number, { data: ReactNode }>

/** What people say about a change, drawn where it belongs. Without it a diff is only read. */
export interface DiffRemarks {
  /** Whether lines may be chosen to say something about. */
  canPick: boolean
  /** In the head of a file's card. */
  inHead: (file: DiffFile) => ReactNode
  /** Between the head and the lines: about the file, or about lines that the patch does not show. */
  above: (file: DiffFile, lines: PatchLines) => ReactNode
  /** The same object while nothing changed. */
  below: (file: DiffFile) => Record<DiffSide, LineRemarks>
  /** The lines that a comment is being written about. */
  picked: (file: DiffFile) => DiffRange | null
  onPick: (file: DiffFile, range: DiffRange) => void
}

const Context = createContext<DiffRemarks | null>(null)

export const DiffRemarksProvider = Context.Provider

export const useDiffRemarks = (): DiffRemarks | null => useContext(Context)

const Lines = createContext<PatchLines | null>(null)

export const PatchLinesProvider = Lines.Provider

/** The text of lines as the patch around shows them; null where it does not show all. */
export function useShownLines(): (range: DiffRange) => string[] | null {
  const lines = useContext(Lines)
  return (range) => lines && rangeText(lines, range)
}
