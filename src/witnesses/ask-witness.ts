import type { Ledger } from '../audit/ledger/ledger.ts'
import type { Head } from '../audit/ledger/publish.ts'
import { type OutboundAnswer, type Outbound, OutboundError } from '../outbound/outbound.ts'
import { renderAddCheckpoint } from '../protocols/tlog/add-checkpoint.ts'
import { readCosignatures } from '../protocols/tlog/cosignature.ts'
import { type NoteKey, parseSignature } from '../protocols/tlog/note.ts'

export interface AskParts {
  ledger: Pick<Ledger, 'signHead' | 'proveGrowth'>
  outbound: Pick<Outbound, 'request'>
  now: () => number
  /** From the look-up of the host to the last byte of an answer. */
  timeoutMs?: number
}

export interface Asked {
  noteKey: NoteKey
  url: string
  /** Of the checkpoint that it cosigned last, as far as is known here. */
  older: number
}

/** Its line below this checkpoint; or why there is none, in a sentence that holds nothing of what it answered. */
export type WitnessAnswer = { line: string; cosignedAt: number } | { problem: string; isContradicting: boolean }

/** An answer is a few lines. */
const maxResponseBytes = 4_096
const clockMs = 3_600_000

/**
 * C2SP tlog-witness: asks for a cosignature of this head, once more where the witness says what it cosigned last. What it
 * answers may be anything: only a line by its own key over these very bytes counts. @throws OutboundError `aborted`
 */
export async function askWitness(
  { ledger, outbound, now, timeoutMs = 5_000 }: AskParts,
  { noteKey, url, older }: Asked,
  { head, signal }: { head: Head & { note: string }; signal?: AbortSignal },
): Promise<WitnessAnswer> {
  const ask = async (from: number): Promise<OutboundAnswer> =>
    outbound.request(`${url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: renderAddCheckpoint({ older: from, proof: await ledger.proveGrowth(from, head.size), note: head.note }),
      timeoutMs,
      maxResponseBytes,
      ...(signal === undefined ? {} : { signal }),
    })
  try {
    let known = Math.min(older, head.size)
    let answer = await ask(known)
    const said = answer.status === 409 ? sizeIn(answer) : undefined
    if (said !== undefined && said > head.size) {
      const { size } = await ledger.signHead()
      return said > size
        ? contradiction(`It has cosigned ${count(said)} before, and the ledger holds ${count(size)} now`)
        : problem('It has cosigned a later state already. It is asked again with the next one.')
    }
    if (said !== undefined && said !== known) {
      known = said
      answer = await ask(known)
    }
    if (answer.status === 200) return readLine(answer, { noteKey, note: head.note, at: now() })
    // The one thing left to be at odds about is the root.
    if (answer.status === 409 && known === head.size && sizeIn(answer) === known)
      return contradiction(`It has cosigned ${count(known)} before, and those were others`)
    if (answer.status === 422 && known > 0)
      return contradiction(`It has cosigned ${count(known)} before, and says that the ledger does not begin with those`)
    return problem(words[answer.status] ?? `It answered with status ${answer.status}, as no witness does.`)
  } catch (error) {
    if (error instanceof OutboundError && error.problem !== 'aborted') return problem(error.message)
    throw error
  }
}

const elsewhere = 'It leads to another address, and nobody is led on from here. Give that address itself.'
const words: Record<number, string> = {
  ...Object.fromEntries([301, 302, 303, 307, 308].map((status) => [status, elsewhere])),
  400: 'It could not read what it was sent (400).',
  403: 'It knows this ledger by another key, and refuses the signature (403).',
  404: 'It does not know this ledger (404). Whoever runs the witness has to be given its key.',
  409: 'It does not say, or keeps changing, what it has cosigned last (409).',
  429: 'It says that it is asked too often (429).',
}

const count = (size: number): string => (size === 1 ? '1 event' : `${size.toLocaleString('en-US')} events`)
const problem = (sentence: string): WitnessAnswer => ({ problem: sentence, isContradicting: false })
const contradiction = (sentence: string): WitnessAnswer => ({ problem: `${sentence}.`, isContradicting: true })

function sizeIn({ body, isCut }: OutboundAnswer): number | undefined {
  const [, size] = (!isCut && /^(0|[1-9][0-9]{0,15})\n?$/.exec(body.toString('latin1'))) || []
  return size === undefined || !Number.isSafeInteger(Number(size)) ? undefined : Number(size)
}

function readLine(
  { body, isCut }: OutboundAnswer,
  { noteKey, note, at }: { noteKey: NoteKey; note: string; at: number },
): WitnessAnswer {
  if (isCut) return problem(`It answered more than ${maxResponseBytes} bytes, and none of them was read.`)
  // Line by line: with an empty one among them it could make another text of ours, and sign that.
  const lines = body
    .toString()
    .split('\n')
    .filter((line) => parseSignature(line) !== undefined)
  const [own] = readCosignatures(`${note}${lines.map((line) => `${line}\n`).join('')}`, [noteKey])
  if (own === undefined)
    return problem('It answered, but not with a signature over this checkpoint by the key that was given here.')
  const cosignedAt = own.seconds * 1000
  return Math.abs(cosignedAt - at) > clockMs
    ? problem('Its clock and that of this server are more than an hour apart.')
    : { line: own.line, cosignedAt }
}
