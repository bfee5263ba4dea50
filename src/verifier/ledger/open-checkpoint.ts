import { readFile } from 'node:fs/promises'
import { type Checkpoint, parseCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { type NoteKey, openNote, parseNoteKey } from '../../protocols/tlog/note.ts'
import { CannotJudge } from '../cannot-judge.ts'

export type SignedCheckpoint = Pick<Checkpoint, 'size' | 'root'>

const mostBytes = 64 * 1024

/** A key as its own line, or in a file. @throws CannotJudge */
export async function openKey(text: string): Promise<NoteKey> {
  const key = parseNoteKey(text) ?? parseNoteKey(await readFile(text, 'utf8').catch(() => ''))
  if (key !== undefined) return key
  throw new CannotJudge('key-malformed', '--key is neither a key, name+id+key in one line, nor a file that holds one')
}

/** @throws CannotJudge where it cannot be read, or this key did not sign it */
export async function openCheckpoint(place: string, key: NoteKey): Promise<SignedCheckpoint> {
  const note = await (/^https?:\/\//.test(place) ? download(place) : readFile(place, 'utf8')).catch((cause: Error) => {
    throw new CannotJudge('checkpoint-unreadable', `${place} cannot be read: ${cause.message}`, { cause })
  })
  return readCheckpoint(note, key, place)
}

/** @throws CannotJudge where this key did not sign it */
export function readCheckpoint(note: string, key: NoteKey, place: string): SignedCheckpoint {
  const checkpoint = parseCheckpoint(openNote(note, key) ?? '')
  if (checkpoint?.origin === key.name) return checkpoint
  throw new CannotJudge('checkpoint-foreign', `${place} is no checkpoint that the key ${key.name} signed`)
}

async function download(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30_000) })
  if (!answer.ok) throw new Error(`it answered ${answer.status}`)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    length += part.length
    if (length > mostBytes) throw new Error('it is too long for a checkpoint')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
