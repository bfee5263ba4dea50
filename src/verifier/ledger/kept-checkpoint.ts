import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { NoteKey } from '../../protocols/tlog/note.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { readCheckpoint, type SignedCheckpoint } from './open-checkpoint.ts'
import { replaceFile } from './replace-file.ts'

/** In place of the one before. @throws CannotJudge */
export async function keep(file: string, note: string): Promise<string> {
  await replaceFile(file, note).catch((cause: Error) => {
    throw new CannotJudge('keep-unwritable', `${file} cannot be written: ${cause.message}`, { cause })
  })
  return file
}

/** Each under a name of its own, so that no later answer takes the place of what was shown before. A full disk changes no verdict. */
export async function keepBeside(file: string, { note, size }: { note: string; size: number }): Promise<string | null> {
  const beside = `${file}.${size}.${hash('sha256', note).slice(0, 16)}.conflict`
  return replaceFile(beside, note).then(
    () => beside,
    () => null,
  )
}

/** Undefined at the first look. @throws CannotJudge */
export async function readKept(file: string, key: NoteKey): Promise<SignedCheckpoint | undefined> {
  const note = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new CannotJudge('checkpoint-unreadable', `${file} cannot be read: ${error.message}`, { cause: error })
  })
  return note === undefined ? undefined : readCheckpoint(note, key, file)
}
