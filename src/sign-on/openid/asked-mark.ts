import { createHmac, timingSafeEqual } from 'node:crypto'

/** As long as somebody may take to tap. */
const lastsMs = 600_000

/** Of which question, in which browser. */
interface Question {
  browserHash: string
  parameters: URLSearchParams
}

export interface AskedMarks {
  make(question: Question, at: number): string
  /** When this very question was asked first; null where that cannot be known, or is too long ago. */
  read(mark: string | null, question: Question, at: number): number | null
}

/**
 * Says in the address of a question when it was asked first, so that a tap since then is known to be for it. Nothing is
 * stored for whoever has not signed in; a mark is good for its own question and browser alone.
 */
export function createAskedMarks(key: string): AskedMarks {
  const sign = (askedAt: string, { browserHash, parameters }: Question): Buffer =>
    createHmac('sha256', key).update(`${askedAt} ${browserHash} ${parameters.toString()}`).digest()
  return {
    make: (question, at) => `${at.toString(36)}.${sign(at.toString(36), question).toString('base64url')}`,
    read(mark, question, at) {
      const [, askedAt = '', signature] = /^([0-9a-z]{1,10})\.([\w-]{43})$/.exec(mark ?? '') ?? []
      if (signature === undefined) return null
      if (!timingSafeEqual(Buffer.from(signature, 'base64url'), sign(askedAt, question))) return null
      const time = Number.parseInt(askedAt, 36)
      return time <= at && at - time < lastsMs ? time : null
    },
  }
}
