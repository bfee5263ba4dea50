export type CannotJudgeCode =
  | 'usage'
  | 'not-a-repository'
  | 'git-failed'
  | 'sha256-repository'
  | 'shallow'
  | 'partial'
  | 'grafted'
  | 'replaced'
  | 'object-missing'
  | 'object-corrupt'
  | 'ref-missing'
  | 'postern-refs-missing'
  | 'history-rewritten'
  | 'signers-malformed'
  | 'trust-mismatch'
  | 'not-protected'
  | 'start-broken'
  | 'since-not-found'
  // Of `postern ledger`.
  | 'export-unreadable'
  | 'export-partial'
  | 'export-short'
  | 'key-malformed'
  | 'checkpoint-unreadable'
  | 'checkpoint-foreign'
  | 'tiles-unreadable'
  | 'keep-unwritable'
  | 'witnesses-missing'
  | 'checkpoint-empty'
  | 'checkpoint-other'

/** There is no verdict: not even "unproven" could be said honestly. Exit code 2; the message says what to do. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge'
  readonly code: CannotJudgeCode

  constructor(code: CannotJudgeCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
