import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddCheckpoint } from '../../protocols/tlog/add-checkpoint.ts'
import { type Checkpoint, parseCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { cosign } from '../../protocols/tlog/cosignature.ts'
import { emptyRoot } from '../../protocols/tlog/merkle.ts'
import { type NoteKey, openNote, splitNote } from '../../protocols/tlog/note.ts'
import { verifyConsistency } from '../../protocols/tlog/verify-proof.ts'
import { replaceFile } from '../ledger/replace-file.ts'
import type { WitnessKey } from './witness-key.ts'

export interface Answer {
  status: number
  body: string
  /** `text/plain` where it is not said. */
  type?: string
}

export interface Witness {
  /** The body of one `POST /add-checkpoint`, C2SP tlog-witness. */
  add(body: string): Promise<Answer>
}

/**
 * What it cosigned last lies in this folder, written before it answers: a witness that forgets could be led to cosign
 * two pasts of one log.
 */
export function createWitness(parts: {
  key: WitnessKey
  logs: readonly NoteKey[]
  folder: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Told what its operator should look at. */
  warn: (line: string) => void
}): Witness {
  const { key, logs, folder, now, warn } = parts
  // One after the other for each log: two at once could both grow from the same, and the smaller be kept.
  const turns = new Map<string, Promise<unknown>>()

  const fileOf = (origin: string): string => join(folder, `${hash('sha256', origin).slice(0, 32)}.checkpoint`)

  async function readLast(origin: string): Promise<Pick<Checkpoint, 'size' | 'root'> & { note?: string }> {
    const note = await readFile(fileOf(origin), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (note === undefined) return { size: 0, root: emptyRoot }
    const last = parseCheckpoint(splitNote(note)?.text ?? '')
    if (last?.origin !== origin) throw new Error(`${fileOf(origin)} holds no checkpoint of ${origin}`)
    return { ...last, note }
  }

  async function grow(asked: NonNullable<ReturnType<typeof parseAddCheckpoint>>, current: Checkpoint): Promise<Answer> {
    const { origin, size, root } = current
    const last = await readLast(origin)
    const conflict = { status: 409, body: `${last.size}\n`, type: 'text/x.tlog.size' }
    if (asked.older !== last.size) return conflict
    if (size === last.size && last.note !== undefined) {
      if (root.equals(last.root)) return sign(asked.note)
      await keepBoth({ origin, size }, [last.note, asked.note])
      return conflict
    }
    // By whom it was sent nobody knows: a proof that fails says nothing about the log.
    if (!isGrown(asked, { last, current }))
      return { status: 422, body: 'The proof does not show that the tree only grew.\n' }
    await replaceFile(fileOf(origin), asked.note)
    return sign(asked.note)
  }

  /** Under names that growing does not write over. */
  async function keepBoth({ origin, size }: Pick<Checkpoint, 'origin' | 'size'>, notes: [string, string]) {
    const files = ['cosigned', 'other'].map((which) => `${fileOf(origin)}.${size}.${which}`)
    for (const [nth, file] of files.entries()) await replaceFile(file, notes[nth] ?? '')
    // Its log signed both.
    warn(`${origin} signed two ledgers of ${size} events: ${files.join(' and ')} show it to everybody, so keep both`)
  }

  function sign(note: string): Answer {
    const { text = '' } = splitNote(note) ?? {}
    const seconds = Math.floor(now() / 1000)
    return { status: 200, body: cosign(text, { witness: key, privateKey: key.privateKey, seconds }) }
  }

  return {
    add(body) {
      const asked = parseAddCheckpoint(body)
      const text = asked && splitNote(asked.note)?.text
      const current = text === undefined ? undefined : parseCheckpoint(text)
      if (asked === undefined || current === undefined)
        return Promise.resolve({ status: 400, body: 'No such request.\n' })
      const { origin, size } = current
      const keys = logs.filter(({ name }) => name === origin)
      if (keys.length === 0) return Promise.resolve({ status: 404, body: 'This log is not known here.\n' })
      if (!keys.some((each) => openNote(asked.note, each) !== undefined))
        return Promise.resolve({ status: 403, body: 'Its log did not sign it.\n' })
      if (asked.older > size) return Promise.resolve({ status: 400, body: 'The old size is the larger one.\n' })
      const turn = (turns.get(origin) ?? Promise.resolve()).catch(() => {}).then(() => grow(asked, current))
      turns.set(origin, turn)
      return turn
    },
  }
}

const isGrown = (
  { proof }: { proof: readonly Buffer[] },
  { last, current }: { last: Pick<Checkpoint, 'size' | 'root'>; current: Checkpoint },
): boolean =>
  verifyConsistency({ older: last.size, size: current.size, olderRoot: last.root, root: current.root, proof })
