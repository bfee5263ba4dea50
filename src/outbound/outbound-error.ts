/** Why a connection outwards was not made, or did not bring a whole answer. */
export type OutboundProblem =
  // Refused before anything was sent; asking again the same way will not help.
  | 'bad-url'
  | 'private-address'
  // The other side.
  | 'unknown-host'
  | 'unreachable'
  | 'tls'
  | 'timed-out'
  | 'broken-off'
  // Ours.
  | 'aborted'

/** The message is a sentence for a person. It never holds an address that a name led to, or anything of the URL but its host. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly problem: OutboundProblem
  /** What had arrived of the answer, where anything had. */
  readonly answer: OutboundAnswer | undefined

  constructor(problem: OutboundProblem, sentence: string, more: { cause?: unknown; answer?: OutboundAnswer } = {}) {
    super(sentence, more.cause === undefined ? undefined : { cause: more.cause })
    this.problem = problem
    this.answer = more.answer
  }
}

export interface OutboundAnswer {
  status: number
  /** As they came, names in lower case; a name may come twice. */
  headers: [name: string, value: string][]
  body: Buffer
  /** The body was longer than asked for, or did not arrive whole. */
  isCut: boolean
}
