/** What was found out, as `--json` prints it. */
export interface LedgerVerdict {
  version: 1
  verdict: 'holds' | 'broken'
  /** Events that were read. */
  events: number
  checkpoints: { size: number; holds: boolean }[]
  /** What is wrong, a sentence each. */
  problems: string[]
}
