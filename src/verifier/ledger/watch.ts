import { parseCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { type Cosignature, readCosignatures } from '../../protocols/tlog/cosignature.ts'
import { proveConsistency } from '../../protocols/tlog/merkle.ts'
import { type NoteKey, openNote, splitNote } from '../../protocols/tlog/note.ts'
import { verifyConsistency } from '../../protocols/tlog/verify-proof.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { keep, keepBeside, readKept } from './kept-checkpoint.ts'
import { downloadNote, type SignedCheckpoint } from './open-checkpoint.ts'
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
  /** Where the checkpoint lies now; of a broken one beside the former. Null where it could not be written there. */
  kept: string | null
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
  const signed = openNote(note, key)
  // In the log's name, and signed by somebody else: an instance that was given another key, or somebody in its place.
  const current = parseCheckpoint(signed ?? splitNote(note)?.text ?? '')
  if (current?.origin !== key.name)
    throw new CannotJudge('checkpoint-foreign', `${place} is no checkpoint of ${key.name}`)
  const kept = await readKept(file, key)
  const problem = signed === undefined ? otherKey : kept && (await compare(kept, current, origin))
  const cosigned = readCosignatures(note, witnesses).filter((each) => isRecent(each, now))
  if (problem === undefined && cosigned.length < quorum) throw tooFew(cosigned, quorum)
  return {
    version: 1,
    verdict: problem === undefined ? 'holds' : 'broken',
    size: current.size,
    before: kept?.size ?? null,
    cosigned: cosigned.map(({ witness }) => witness.name),
    problems: problem === undefined ? [] : [problem],
    kept: problem === undefined ? await keep(file, note) : await keepBeside(file, { note, size: current.size }),
  }
}

const otherKey = 'It is signed by another key than the one that you keep.'

/** What is wrong; undefined where the one grew from the other. */
async function compare(kept: SignedCheckpoint, current: SignedCheckpoint, origin: string): Promise<string | undefined> {
  const [older, size] = [kept.size, current.size]
  if (size < older)
    return `It held ${counted(older)} and holds ${counted(size)} now: some are gone, as after a restore.`
  if (size === older)
    return kept.root.equals(current.root)
      ? undefined
      : `Its ${counted(size)} are not those that were kept, and it signed both.`
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
