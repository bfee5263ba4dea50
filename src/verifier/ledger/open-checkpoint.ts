import { readFile } from 'node:fs/promises'
import { type Checkpoint, parseCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { type NoteAlgorithm, type NoteKey, openNote, parseNoteKey } from '../../protocols/tlog/note.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { download } from './download.ts'

export type SignedCheckpoint = Pick<Checkpoint, 'size' | 'root'>

/** The key of a log, as its own line or in a file. @throws CannotJudge */
export const openKey = (text: string, option = '--key'): Promise<NoteKey> =>
  open(text, { option, algorithm: 1, what: 'the key of a log' })

/** Of a witness. @throws CannotJudge */
export const openWitnessKey = (text: string): Promise<NoteKey> =>
  open(text, { option: '--witness', algorithm: 4, what: 'the key of a witness' })

interface Wanted {
  option: string
  algorithm: NoteAlgorithm
  what: string
}

async function open(text: string, { option, algorithm, what }: Wanted): Promise<NoteKey> {
  const key = parseNoteKey(text, algorithm) ?? parseNoteKey(await readFile(text, 'utf8').catch(() => ''), algorithm)
  if (key !== undefined) return key
  throw new CannotJudge(
    'key-malformed',
    `${option} is neither ${what}, name+id+key in one line, nor a file that holds one`,
  )
}

/** @throws CannotJudge where it cannot be read, or this key did not sign it */
export async function openCheckpoint(place: string, key: NoteKey): Promise<SignedCheckpoint> {
  const note = await (/^https?:\/\//.test(place) ? downloadNote(place) : readFile(place, 'utf8')).catch(
    (cause: Error) => {
      throw new CannotJudge('checkpoint-unreadable', `${place} cannot be read: ${cause.message}`, { cause })
    },
  )
  return readCheckpoint(note, key, place)
}

const mostBytes = 64 * 1024

/** @throws Error where it does not come */
export const downloadNote = async (url: string): Promise<string> => (await download(url, mostBytes)).toString()

/** @throws CannotJudge where this key did not sign it */
export function readCheckpoint(note: string, key: NoteKey, place: string): SignedCheckpoint {
  const checkpoint = parseCheckpoint(openNote(note, key) ?? '')
  if (checkpoint?.origin === key.name) return checkpoint
  throw new CannotJudge('checkpoint-foreign', `${place} is no checkpoint that the key ${key.name} signed`)
}
