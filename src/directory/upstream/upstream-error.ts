import type { UpstreamRefusal } from './shapes.ts'

/** Why somebody who comes from another place is not in. The message is a sentence for an administrator. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly refusal: UpstreamRefusal

  constructor(refusal: UpstreamRefusal, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.refusal = refusal
  }
}
