import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'

/** C2SP signed-note: text, an empty line, and a line for each signature. Ed25519 is algorithm 1. */
const ed25519 = Buffer.of(1)
/** DER of an Ed25519 SubjectPublicKeyInfo up to its 32 bytes, RFC 8410. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

export interface NoteKey {
  /** No space and no `+`. */
  name: string
  /** 32 bytes. */
  publicKey: Buffer
}

const idOf = ({ name, publicKey }: NoteKey): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), ed25519, publicKey]), 'buffer').subarray(0, 4)

/** How a key is handed on: name, id and key in one line. */
export const renderNoteKey = (key: NoteKey): string =>
  `${key.name}+${idOf(key).toString('hex')}+${Buffer.concat([ed25519, key.publicKey]).toString('base64')}`

/** Undefined for what is no Ed25519 key of a note, or has another's id. */
export function parseNoteKey(text: string): NoteKey | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  const key = { name, publicKey: bytes.subarray(1) }
  return bytes.length === 33 && bytes[0] === 1 && idOf(key).toString('hex') === id ? key : undefined
}

/** @param text ends with a newline */
export function signNote(text: string, key: NoteKey, privateKey: KeyObject): string {
  const signature = Buffer.concat([idOf(key), sign(null, Buffer.from(text), privateKey)])
  return `${text}\n— ${key.name} ${signature.toString('base64')}\n`
}

/** The text of a note that this key signed; undefined where it did not. Signatures of others beside it do not matter. */
export function openNote(note: string, key: NoteKey): string | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end === -1 || !note.endsWith('\n')) return undefined
  const text = note.slice(0, end + 1)
  const lines = note.slice(end + 2, -1).split('\n')
  const publicKey = createPublicKey({ key: Buffer.concat([spkiHead, key.publicKey]), format: 'der', type: 'spki' })
  const isSigned = lines.some((line) => {
    const [, name, encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
    const bytes = Buffer.from(encoded, 'base64')
    return (
      name === key.name &&
      bytes.subarray(0, 4).equals(idOf(key)) &&
      verify(null, Buffer.from(text), publicKey, bytes.subarray(4))
    )
  })
  return isSigned ? text : undefined
}
