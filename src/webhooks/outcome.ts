import { escapeHidden } from '../audit/record.ts'
import { type OutboundAnswer, OutboundError } from '../outbound/outbound.ts'
import { parseRetryAfter } from './retry.ts'

/** How one attempt went. */
export interface Outcome {
  status: number | null
  headers: [string, string][]
  body: string
  isCut: boolean
  /** Null: delivered. */
  error: string | null
  /** The receiver is in trouble, not this one delivery: it gets a rest. */
  isExhausted: boolean
  retryAfterMs: number
  /** It wants nothing any more. */
  isGone: boolean
}

const maxHeaderBytes = 8 * 1024

/** An answer counts as delivery where its status is 2xx (Standard Webhooks 1.0). */
export function judgeAnswer(answer: OutboundAnswer, now: number): Outcome {
  const { status } = answer
  const isTrouble = status >= 500 || status === 429 || status === 408
  return {
    ...shown(answer),
    error: status >= 200 && status < 300 ? null : explain(answer),
    isExhausted: isTrouble,
    retryAfterMs: parseRetryAfter(answer.headers.find(([name]) => name === 'retry-after')?.[1], now),
    isGone: status === 410,
  }
}

export function judgeFailure(failure: unknown): Outcome {
  const known = failure instanceof OutboundError ? failure : undefined
  return {
    ...(known?.answer === undefined ? { status: null, headers: [], body: '', isCut: false } : shown(known.answer)),
    error: known?.message ?? 'It could not be sent.',
    isExhausted: true,
    retryAfterMs: 0,
    isGone: false,
  }
}

/** As it may be kept and shown: text, nothing hidden in it, not too much of it. */
function shown({ status, headers, body, isCut }: OutboundAnswer) {
  let room = maxHeaderBytes
  const kept = headers.filter(([name, value]) => (room -= name.length + value.length) >= 0)
  return {
    status,
    headers: kept.map(([name, value]): [string, string] => [escapeHidden(name), escapeHidden(value)]),
    // Neither store keeps a zero character.
    body: body.toString('utf8').replaceAll('\0', '\uFFFD'),
    isCut,
  }
}

function explain({ status, headers }: OutboundAnswer): string {
  const location = headers.find(([name]) => name === 'location')?.[1]
  if (status >= 300 && status < 400 && location !== undefined)
    return `It answered ${status} and points to ${escapeHidden(location).slice(0, 500)}. Nobody is led on: set that address if it is right.`
  if (status === 401 || status === 403) return `It answered ${status}: it does not take the signature, or wants more.`
  if (status === 404) return 'It answered 404: there is nothing at this address.'
  if (status === 410) return 'It answered 410: it wants nothing any more.'
  return `It answered ${status}.`
}
