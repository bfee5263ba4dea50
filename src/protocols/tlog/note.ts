import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'

/** DER of an Ed25519 SubjectPublicKeyInfo up to its 32 bytes, RFC 8410. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

/** C2SP signed-note: Ed25519 over the text is algorithm 1; a witness's, over the time as well, is 4 (tlog-cosignature). */
export type NoteAlgorithm = 1 | 4

export interface NoteKey {
  /** No space and no `+`. */
  name: string
  /** 32 bytes. */
  publicKey: Buffer
}

/** A line below a note, of whoever. */
export interface NoteSignature {
  name: string
  /** 4 bytes, of name, algorithm and key. */
  id: Buffer
  signature: Buffer
}

export const idOf = ({ name, publicKey }: NoteKey, algorithm: NoteAlgorithm): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(algorithm), publicKey]), 'buffer').subarray(0, 4)

/** How a key is handed on: name, id and key in one line. */
export const renderNoteKey = (key: NoteKey, algorithm: NoteAlgorithm = 1): string =>
  `${key.name}+${idOf(key, algorithm).toString('hex')}+${Buffer.concat([Buffer.of(algorithm), key.publicKey]).toString('base64')}`

/** Undefined for what is no key of this algorithm, or has another's id. */
export function parseNoteKey(text: string, algorithm: NoteAlgorithm = 1): NoteKey | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  const key = { name, publicKey: bytes.subarray(1) }
  return bytes.length === 33 && bytes[0] === algorithm && idOf(key, algorithm).toString('hex') === id ? key : undefined
}

/** For `verify` of node:crypto. */
export const publicKeyOf = ({ publicKey }: NoteKey): KeyObject =>
  createPublicKey({ key: Buffer.concat([spkiHead, publicKey]), format: 'der', type: 'spki' })

export const renderSignature = ({ name, id, signature }: NoteSignature): string =>
  `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`

/** Undefined for what is no such line. */
export function parseSignature(line: string): NoteSignature | undefined {
  const [, name, encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  return name === undefined || bytes.length < 5
    ? undefined
    : { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

/** @param text ends with a newline */
export const signNote = (text: string, key: NoteKey, privateKey: KeyObject): string =>
  `${text}\n${renderSignature({ name: key.name, id: idOf(key, 1), signature: sign(null, Buffer.from(text), privateKey) })}`

/** Whoever has many lines under one name makes a reader verify each. C2SP signed-note asks that 16 be read. */
const mostSignatures = 64

/** Text, an empty line, and a line for each signature; nobody's is checked. Undefined for what is no note. */
export function splitNote(note: string): { text: string; signatures: NoteSignature[] } | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end === -1 || !note.endsWith('\n')) return undefined
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > mostSignatures) return undefined
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature).filter((each) => each !== undefined) }
}

/** The text of a note that this key signed; undefined where it did not. Signatures of others beside it do not matter. */
export function openNote(note: string, key: NoteKey): string | undefined {
  const { text = '', signatures = [] } = splitNote(note) ?? {}
  const publicKey = publicKeyOf(key)
  const isSigned = signatures.some(
    ({ name, id, signature }) =>
      name === key.name && id.equals(idOf(key, 1)) && verify(null, Buffer.from(text), publicKey, signature),
  )
  return isSigned ? text : undefined
}
