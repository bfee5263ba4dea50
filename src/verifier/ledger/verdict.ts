import { plainLine } from '../plain-text.ts'

/** What was found out, as `--json` prints it. */
export interface LedgerVerdict {
  version: 1
  verdict: 'holds' | 'broken'
  /** Events that were read. */
  events: number
  /** Of these, how many stand under the newest checkpoint: of the others nothing is said. */
  covered: number
  checkpoints: { size: number; holds: boolean }[]
  /** What is wrong, a sentence each. */
  problems: string[]
}

/** The verdict for people. */
export function renderVerdict({ verdict, events, covered, checkpoints, problems }: LedgerVerdict): string {
  const sizes = checkpoints.map(
    ({ size, holds }) => `  ${holds ? 'holds ' : 'BROKEN'}  the checkpoint over ${counted(size)}\n`,
  )
  const found = problems.map((problem) => `  ${plainLine(problem)}\n`)
  const others = events - covered
  const last =
    verdict === 'broken'
      ? 'This is not the ledger that was promised.\n'
      : `Of ${counted(covered)} nothing was changed, left out, put in or moved.\n${
          others > 0 ? `${counted(others)} more stand under no checkpoint: nothing is said of them.\n` : ''
        }`
  return [`${counted(events)} read.\n`, ...sizes, ...found, last].join('')
}

export const counted = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}`
