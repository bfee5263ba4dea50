/**
 * Git's wire formats: bytes in, typed values out, and back. No I/O, no process, no table.
 * Clauses: gitprotocol-common(5), gitprotocol-pack(5), gitprotocol-capabilities(5), git-check-ref-format(1).
 */
export type PktLine = { kind: 'data'; payload: Buffer } | { kind: 'flush' | 'delim' | 'response-end' }
export type ParsedPktLine = { line: PktLine; next: number }

/** gitprotocol-common, "pkt-line Format": 65520 bytes with the length's own four. */
export const maxPktPayloadBytes = 65516

export const flushPkt: Buffer = Buffer.from('0000')
export const delimPkt: Buffer = Buffer.from('0001')
export const responseEndPkt: Buffer = Buffer.from('0002')

const special = ['flush', 'delim', 'response-end'] as const

export class PktLineError extends Error {
  readonly code = 'pkt-line-malformed'
}

export function encodePkt(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  if (bytes.length > maxPktPayloadBytes) throw new RangeError(`a pkt-line carries at most ${maxPktPayloadBytes} bytes`)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

/**
 * The line that starts at `offset`, or nothing while it is not complete; `next` is where the one after it starts.
 * @throws PktLineError
 */
export function parsePkt(bytes: Buffer, offset = 0): ParsedPktLine | undefined {
  const digits = bytes.toString('latin1', offset, offset + 4)
  // A wrong digit is refused at once, not after the fourth: the peer may be no git at all.
  if (!/^[0-9a-fA-F]{0,4}$/.test(digits)) throw new PktLineError('the length of a pkt-line is not hexadecimal')
  if (digits.length < 4) return undefined
  const length = Number.parseInt(digits, 16)
  const kind = special[length]
  if (kind !== undefined) return { line: { kind }, next: offset + 4 }
  if (length < 4 || length > maxPktPayloadBytes + 4) throw new PktLineError(`a pkt-line cannot be ${length} bytes long`)
  if (bytes.length < offset + length) return undefined
  return { line: { kind: 'data', payload: bytes.subarray(offset + 4, offset + length) }, next: offset + length }
}
