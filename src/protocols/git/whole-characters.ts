import { encodePkt, maxPktPayloadBytes, parsePkt, PktLineError } from './pkt-line.ts'

const wordsBand = 2

export interface WholeCharacters {
  /** What may go on now. */
  take(chunk: Buffer): Buffer
  /** What is left when git has said everything. */
  rest(): Buffer
}

/**
 * An answer in side bands whose words are never cut within a character. git takes what hooks say 128 bytes at a time, and
 * some clients read each packet as text of its own: pygit2 gives up the push.
 */
export function createWholeCharacters(): WholeCharacters {
  let waiting: Buffer = Buffer.alloc(0)
  let begun: Buffer = Buffer.alloc(0)
  let isUnderstood = true

  const words = (bytes: Buffer): Buffer => encodePkt(Buffer.concat([Buffer.of(wordsBand), bytes]))

  function spell(payload: Buffer): Buffer[] {
    const text = Buffer.concat([begun, payload.subarray(1)])
    const end = text.length - begunBytes(text)
    begun = text.subarray(end)
    // One without words keeps the connection alive.
    const split = Math.max(0, end - (maxPktPayloadBytes - 1))
    return split === 0
      ? [words(text.subarray(0, end))]
      : [words(text.subarray(0, split)), words(text.subarray(split, end))]
  }

  function lastWords(): Buffer[] {
    const last = begun.length === 0 ? [] : [words(begun)]
    begun = Buffer.alloc(0)
    return last
  }

  function take(chunk: Buffer): Buffer {
    if (!isUnderstood) return chunk
    waiting = Buffer.concat([waiting, chunk])
    const out: Buffer[] = []
    try {
      for (let parsed = parsePkt(waiting); parsed !== undefined; parsed = parsePkt(waiting)) {
        const { line, next } = parsed
        const whole = waiting.subarray(0, next)
        waiting = waiting.subarray(next)
        if (line.kind === 'data' && line.payload[0] === wordsBand) out.push(...spell(line.payload))
        else out.push(...(line.kind === 'flush' ? lastWords() : []), whole)
      }
    } catch (error) {
      if (!(error instanceof PktLineError)) throw error
      isUnderstood = false
      out.push(...lastWords(), waiting)
    }
    return Buffer.concat(out)
  }

  return { take, rest: () => Buffer.concat([...lastWords(), ...(isUnderstood ? [waiting] : [])]) }
}

/** How many bytes at the end begin a character of UTF-8 and do not end it. */
function begunBytes(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return back < length ? back : 0
  }
  return 0
}
