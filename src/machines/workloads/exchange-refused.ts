/** Error codes of RFC 6749 §5.2 and RFC 8693 §2.2.2. */
export type ExchangeError =
  | 'invalid_request'
  | 'invalid_target'
  | 'invalid_scope'
  | 'unsupported_grant_type'
  | 'access_denied'

/** A token that was not traded: the sentence is for whoever showed it. */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused'
  readonly code: ExchangeError

  constructor(code: ExchangeError, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}

/** How far a token came with one trust, in this order. */
export const steps = ['key', 'signature', 'audience', 'home', 'time', 'condition'] as const
export type Step = (typeof steps)[number]

/** A token that one trust does not fit; the sentence is for administrators of the repository. */
export class NotTrusted extends Error {
  override readonly name = 'NotTrusted'
  readonly step: Step
  /** As its issuer calls it; null while that is not proven. */
  readonly subject: string | null

  constructor(step: Step, sentence: string, subject: string | null = null, options?: ErrorOptions) {
    super(sentence, options)
    this.step = step
    this.subject = subject
  }
}
