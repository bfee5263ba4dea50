import { escapeHidden } from '../audit/record.ts'

/** What stands between us and another server's repository: a stable code, and a sentence that may be shown. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly code: string

  constructor(code: string, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

const maxQuoted = 200

/** What another server or git said, on one line in which nothing can hide. */
export const quoted = (text: string): string => escapeHidden(text.replaceAll(/\s+/g, ' ').trim()).slice(0, maxQuoted)
