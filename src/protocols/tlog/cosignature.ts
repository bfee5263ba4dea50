import { type KeyObject, sign, verify } from 'node:crypto'
import { idOf, type NoteKey, type NoteSignature, publicKeyOf, renderSignature, splitNote } from './note.ts'

const timeBytes = 8

/** That a witness saw no larger tree than this one, and saw it grow from all that it saw before. */
export interface Cosignature {
  witness: NoteKey
  /** When it said so, by its own clock, in seconds since 1970. */
  seconds: number
  /** As it stands below a checkpoint, with its newline. */
  line: string
}

/** What a witness signs, C2SP tlog-cosignature: `text` is the checkpoint’s own, with its last newline. */
const messageOf = (text: string, seconds: number): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

/** The line of a witness below a checkpoint, with its newline. */
export function cosign(text: string, { witness, privateKey, seconds }: CosignedBy): string {
  const time = Buffer.alloc(timeBytes)
  time.writeBigUInt64BE(BigInt(seconds))
  const signature = Buffer.concat([time, sign(null, messageOf(text, seconds), privateKey)])
  return renderSignature({ name: witness.name, id: idOf(witness, 4), signature })
}

export interface CosignedBy {
  witness: NoteKey
  privateKey: KeyObject
  seconds: number
}

/** Of these witnesses those that cosigned this checkpoint, each with its latest line; lines of all others are nothing. */
export function readCosignatures(note: string, witnesses: readonly NoteKey[]): Cosignature[] {
  const { text = '', signatures = [] } = splitNote(note) ?? {}
  return witnesses.flatMap((witness) => {
    const id = idOf(witness, 4)
    const own = signatures.filter((each) => each.name === witness.name && each.id.equals(id))
    const [latest] = own.flatMap((each) => read(each, { text, witness })).toSorted((a, b) => b.seconds - a.seconds)
    return latest === undefined ? [] : [latest]
  })
}

function read(line: NoteSignature, { text, witness }: { text: string; witness: NoteKey }): Cosignature[] {
  if (line.signature.length !== timeBytes + 64) return []
  const seconds = Number(line.signature.readBigUInt64BE())
  if (!Number.isSafeInteger(seconds)) return []
  const isTheirs = verify(null, messageOf(text, seconds), publicKeyOf(witness), line.signature.subarray(timeBytes))
  return isTheirs ? [{ witness, seconds, line: renderSignature(line) }] : []
}
