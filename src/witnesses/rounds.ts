import { beginPublishing, type Head, publish, readShownHead, stopPublishing } from '../audit/ledger/publish.ts'
import type { Database } from '../database/handles.ts'
import type { WitnessTable } from '../database/schema.ts'
import { OutboundError } from '../outbound/outbound.ts'
import { parseNoteKey } from '../protocols/tlog/note.ts'
import { type AskParts, askWitness, type WitnessAnswer } from './ask-witness.ts'
import { keepAnswers } from './keep-answers.ts'
import { listWitnesses } from './witness-rows.ts'

/** Longer than all can take to answer twice: a node that falls over leaves the next round to others. */
const takenMs = 30_000
/** So that a line is never old where nothing happens. */
const freshMs = 3_600_000

export interface RoundParts extends AskParts {
  database: Database
  /** Told once when a witness begins to contradict. */
  onContradiction: (name: string, problem: string) => void
}

/**
 * Where witnesses are named: asks all of them at once to cosign the tree as it stands, and publishes it with the lines that
 * came, so that one that is down holds up nothing. Of several nodes one does.
 */
export async function holdRound(parts: RoundParts, signal?: AbortSignal): Promise<void> {
  const { database, now } = parts
  if (!(await look(parts)).hasWork) return
  const takenUntil = now() + takenMs
  if (!(await takeRound(database, now(), takenUntil))) return
  try {
    const isNamed = (await listWitnesses(database.read)).length > 0
    await database.write(isNamed ? beginPublishing : stopPublishing)
    const { due, head, hasWork } = await look(parts)
    if (!isNamed || !hasWork) return
    const answered = await Promise.all(
      due.map(async (witness) => ({ witness, answer: await answerOf(parts, witness, head, signal) })),
    )
    const contradicting = await database.write(async (tx) => {
      const news = await keepAnswers(tx, answered, { size: head.size, at: now() })
      // Read anew: whoever was removed meanwhile is witness no more.
      const lines = (await listWitnesses(tx)).filter(({ cosignedSize }) => cosignedSize === head.size)
      await publish(
        tx,
        head,
        lines.map(({ cosignature }) => cosignature),
      )
      return news
    })
    for (const { name, problem } of contradicting) parts.onContradiction(name, problem)
  } catch (error) {
    if (!(error instanceof OutboundError && error.problem === 'aborted')) throw error
  } finally {
    await giveBackRound(database, takenUntil)
  }
}

/** Where nothing has happened, nothing is written. */
async function look({ database: { read }, ledger, now }: RoundParts) {
  const witnesses = await listWitnesses(read)
  const head = await ledger.signHead()
  const shown = await readShownHead(read)
  const due = witnesses.filter((witness) => isDue(witness, head, now()))
  const isAsItIs = shown.isPublished === witnesses.length > 0 && shown.size === head.size
  return { due, head, hasWork: !isAsItIs || due.length > 0 }
}

const isDue = ({ cosignedSize, cosignedAt }: WitnessTable, head: Head, at: number): boolean =>
  cosignedSize !== head.size || cosignedAt === null || cosignedAt < at - freshMs

async function answerOf(
  parts: RoundParts,
  { key, url, cosignedSize }: WitnessTable,
  head: Head & { note: string },
  signal: AbortSignal | undefined,
): Promise<WitnessAnswer> {
  const noteKey = parseNoteKey(key, 4)
  if (noteKey === undefined) return { problem: 'Its key cannot be read.', isContradicting: false }
  const asked = { noteKey, url, older: cosignedSize }
  return askWitness(parts, asked, { head, ...(signal === undefined ? {} : { signal }) })
}

async function takeRound(database: Database, at: number, takenUntil: number): Promise<boolean> {
  const { numUpdatedRows } = await database.write((tx) =>
    tx
      .updateTable('witnessRound')
      .set({ takenUntil })
      .where('id', '=', 1)
      .where('takenUntil', '<=', at)
      .executeTakeFirst(),
  )
  return numUpdatedRows > 0n
}

const giveBackRound = (database: Database, takenUntil: number): Promise<unknown> =>
  database.write((tx) =>
    tx
      .updateTable('witnessRound')
      .set({ takenUntil: 0 })
      .where('id', '=', 1)
      .where('takenUntil', '=', takenUntil)
      .execute(),
  )
