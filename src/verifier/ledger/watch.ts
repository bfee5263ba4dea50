import { readFile } from 'node:fs/promises'
import { type Cosignature, readCosignatures } from '../../protocols/tlog/cosignature.ts'
import { proveConsistency } from '../../protocols/tlog/merkle.ts'
import type { NoteKey } from '../../protocols/tlog/note.ts'
import { verifyConsistency } from '../../protocols/tlog/verify-proof.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { downloadNote, readCheckpoint, type SignedCheckpoint } from './open-checkpoint.ts'
import { replaceFile } from './replace-file.ts'
import { serverTiles } from './server-tiles.ts'
import { counted } from './verdict.ts'

/** What a look at a server’s ledger found, as `--json` prints it. */
export interface WatchVerdict {
  version: 1
  verdict: 'holds' | 'broken'
  /** Events in it now. */
  size: number
  /** How many of them stood under the checkpoint that was kept; null at the first look. */
  before: number | null
  /** Names of the witnesses, of those asked for, that cosigned it within the last day. */
  cosigned: string[]
  /** What is wrong, a sentence each. */
  problems: string[]
  /** Where the checkpoint lies now; of a broken one beside the former, for together they show it to everybody. */
  kept: string
}

export interface Watch {
  /** Of the instance, without a slash at its end. */
  origin: string
  key: NoteKey
  /** Holds the last checkpoint. */
  file: string
  witnesses: readonly NoteKey[]
  quorum: number
  /** Milliseconds since 1970. */
  now: number
}

/** Whether a server’s ledger has only grown since the last look; keeps what it promises now. @throws CannotJudge */
export async function watchLedger({ origin, key, file, witnesses, quorum, now }: Watch): Promise<WatchVerdict> {
  const place = `${origin}/ledger/checkpoint`
  const note = await downloadNote(place).catch((cause: Error) => {
    throw new CannotJudge('checkpoint-unreadable', `${place} cannot be read: ${cause.message}`, { cause })
  })
  const current = readCheckpoint(note, key, place)
  const cosigned = readCosignatures(note, witnesses).filter((each) => isRecent(each, now))
  const kept = await readKept(file, key)
  const problem = kept && (await compare(kept, current, origin))
  if (problem === undefined && cosigned.length < quorum) throw tooFew(cosigned, quorum)
  const lies = problem === undefined ? file : `${file}.${current.size}.conflict`
  await replaceFile(lies, note).catch((cause: Error) => {
    throw new CannotJudge('keep-unwritable', `${lies} cannot be written: ${cause.message}`, { cause })
  })
  return {
    version: 1,
    verdict: problem === undefined ? 'holds' : 'broken',
    size: current.size,
    before: kept?.size ?? null,
    cosigned: cosigned.map(({ witness }) => witness.name),
    problems: problem === undefined ? [] : [problem],
    kept: lies,
  }
}

async function readKept(file: string, key: NoteKey): Promise<SignedCheckpoint | undefined> {
  const note = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new CannotJudge('checkpoint-unreadable', `${file} cannot be read: ${error.message}`, { cause: error })
  })
  return note === undefined ? undefined : readCheckpoint(note, key, file)
}

/** What is wrong; undefined where the one grew from the other. */
async function compare(kept: SignedCheckpoint, current: SignedCheckpoint, origin: string): Promise<string | undefined> {
  const [older, size] = [kept.size, current.size]
  if (size < older)
    return `It held ${counted(older)} and holds ${counted(size)} now: some are gone, as after a restore.`
  if (size === older)
    return kept.root.equals(current.root) ? undefined : `Its ${counted(size)} are not those that were kept.`
  const proof = await proveConsistency(older, size, serverTiles(origin, size))
  const isGrown = verifyConsistency({ older, size, olderRoot: kept.root, root: current.root, proof })
  return isGrown
    ? undefined
    : `It does not show that its ${counted(size)} begin with the ${counted(older)} that were kept.`
}

const daySeconds = 86_400
/** By how much a witness’s clock may run ahead. */
const aheadSeconds = 300

function isRecent({ seconds }: Cosignature, now: number): boolean {
  const age = now / 1000 - seconds
  return age < daySeconds && age > -aheadSeconds
}

function tooFew(cosigned: readonly Cosignature[], quorum: number): CannotJudge {
  const named = cosigned.map(({ witness }) => witness.name).join(', ')
  return new CannotJudge(
    'witnesses-missing',
    `within a day it was cosigned by ${cosigned.length} of ${quorum}${named === '' ? '' : ` (${named})`}: without the others others may be shown another ledger`,
  )
}
