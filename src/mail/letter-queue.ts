import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { LetterTable } from '../database/schema.ts'
import { type LetterFacts, type LetterKind, renderLetter } from './letters.ts'

const minuteMs = 60_000
/** How long after each failed attempt the next one comes; after the last of them a letter has failed. */
const retryAfterMs = [minuteMs, 10 * minuteMs, 60 * minuteMs]
/** News older than this is not sent any more, as after a mail server was away for long. */
const maxAgeMs = 7 * 24 * 60 * minuteMs

/** A person with an account, or an address that is nobody's account yet. */
export type Addressee =
  | { toUserId: Id<'usr'>; to?: undefined }
  | { to: { address: string; name: string }; toUserId?: undefined }

export type Letter = Addressee &
  { [Kind in LetterKind]: { kind: Kind; facts: LetterFacts[Kind]; dedupeKey?: string } }[LetterKind]

/** Writes a letter into the transaction of its cause. With a `dedupeKey` that was used before, nothing happens. */
export async function queueLetter(tx: Tx<'letter'>, letter: Letter, origin: string, at: number): Promise<void> {
  if (letter.toUserId !== undefined) {
    const user = await tx.selectFrom('user').select('isDemo').where('id', '=', letter.toUserId).executeTakeFirst()
    // Nobody reads the addresses of the example people.
    if (user === undefined || user.isDemo === 1) return
  }
  await tx
    .insertInto('letter')
    .values({
      id: newId('ltr'),
      toUserId: letter.toUserId ?? null,
      toAddress: letter.to?.address ?? null,
      toName: letter.to?.name ?? null,
      kind: letter.kind,
      ...renderLetter(letter.kind, letter.facts, origin),
      createdAt: at,
      notBefore: at,
      attempts: 0,
      sentAt: null,
      failedAt: null,
      lastError: null,
      dedupeKey: letter.dedupeKey ?? null,
    })
    .onConflict((on) => on.column('dedupeKey').doNothing())
    .execute()
}

export type DueLetter = LetterTable

/** The letter that has waited longest for its next attempt. */
function findDueLetter(db: Db<'letter'>, at: number): Promise<DueLetter | undefined> {
  return db
    .selectFrom('letter')
    .selectAll()
    .where('sentAt', 'is', null)
    .where('failedAt', 'is', null)
    .where('notBefore', '<=', at)
    .orderBy('notBefore')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Takes the next letter for one attempt. Of two nodes that want one letter, one gets it; one that falls over with it
 * leaves it to the next attempt, so that a letter may come twice, and never gets lost.
 */
export async function takeDueLetter(database: Database, now: () => number): Promise<DueLetter | undefined> {
  for (;;) {
    const at = now()
    const letter = await findDueLetter(database.read, at)
    if (letter === undefined) return undefined
    const wait = retryAfterMs[letter.attempts]
    const isTooOld = at - letter.createdAt >= maxAgeMs
    const isOver = letter.attempts > retryAfterMs.length || isTooOld
    const { numUpdatedRows } = await database.write((tx) =>
      tx
        .updateTable('letter')
        .set(
          isOver
            ? {
                failedAt: at,
                text: '',
                toAddress: null,
                toName: null,
                lastError: isTooOld ? 'too old to be news' : letter.lastError,
              }
            : { attempts: letter.attempts + 1, notBefore: at + (wait ?? minuteMs) },
        )
        .where('id', '=', letter.id)
        .where('attempts', '=', letter.attempts)
        .where('sentAt', 'is', null)
        .where('failedAt', 'is', null)
        .executeTakeFirst(),
    )
    if (Number(numUpdatedRows) === 1 && !isOver) return { ...letter, attempts: letter.attempts + 1 }
  }
}

export type Outcome = 'sent' | { error: string; isFinal: boolean }

/** Notes how an attempt ended; a failed one stays for the next, unless it was the last or none can help. */
export async function settleLetter(database: Database, letter: DueLetter, outcome: Outcome, at: number): Promise<void> {
  const isFailed = outcome !== 'sent' && (outcome.isFinal || letter.attempts > retryAfterMs.length)
  await database.write((tx) =>
    tx
      .updateTable('letter')
      .set({
        ...(outcome === 'sent' ? { sentAt: at, lastError: null } : { lastError: outcome.error }),
        ...(isFailed ? { failedAt: at } : {}),
        ...(outcome === 'sent' || isFailed ? { text: '', toAddress: null, toName: null } : {}),
      })
      .where('id', '=', letter.id)
      .where('sentAt', 'is', null)
      .execute(),
  )
}

/** Gives an attempt back that was broken off by the end of the server, for the next start. */
export async function giveBackLetter(database: Database, letter: DueLetter): Promise<void> {
  await database.write((tx) =>
    tx
      .updateTable('letter')
      .set({ attempts: letter.attempts - 1, notBefore: letter.notBefore })
      .where('id', '=', letter.id)
      .where('attempts', '=', letter.attempts)
      .where('sentAt', 'is', null)
      .execute(),
  )
}

export interface LetterCounts {
  waiting: number
  failed: number
  /** Of the letter that failed or will be tried again, last tried of them. */
  lastError: string | null
}

export async function countLetters(db: Db<'letter'>): Promise<LetterCounts> {
  const open = db.selectFrom('letter').where('sentAt', 'is', null)
  const count = async (isFailed: boolean): Promise<number> => {
    const { letters } = await open
      .where('failedAt', isFailed ? 'is not' : 'is', null)
      .select((eb) => eb.fn.countAll<number>().as('letters'))
      .executeTakeFirstOrThrow()
    return letters
  }
  const last = await open
    .where('lastError', 'is not', null)
    .select('lastError')
    .orderBy('notBefore', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { waiting: await count(false), failed: await count(true), lastError: last?.lastError ?? null }
}
