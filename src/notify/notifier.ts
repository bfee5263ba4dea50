import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { findUserById } from '../identity/users.ts'
import type { Letter } from '../mail/letter-queue.ts'
import { isTooMany, listUnannounced, markAnnounced } from '../seals/announce.ts'
import { renderCode } from '../seals/code.ts'
import { wantsLetters } from './choices.ts'
import { listSubscriptions } from './subscriptions.ts'
import type { PushMessage, WebPush } from './web-push.ts'

export interface NotifierParts {
  database: Database
  webPush: WebPush
  queueLetter: (tx: Parameters<Parameters<Database['write']>[0]>[0], letter: Letter) => Promise<void>
  origin: string
  now: () => number
  onError: (error: unknown) => void
}

const lookEveryMs = 1_000
/** What waits for a shorter time is over before anybody reads a letter. */
const worthALetterMs = 10 * 60_000
// Of what somebody wanted themselves, such as a merge when it is ready, the room that asks writes its own.
const isWorthALetter = (row: SealRequestTable): boolean =>
  row.expiresAt - row.createdAt >= worthALetterMs && (row.userId !== row.requestedBy || row.requestedToken !== null)

const recoveryWarning: PushMessage = {
  title: 'Postern',
  body: 'Somebody is getting back into your account. Was it you?',
  path: '/-/not-me',
  ttlSeconds: 24 * 3_600,
}

/**
 * `notify/` owns who wants to be told, and where, when something waits for their tap; it tells them once. It never says
 * what waits to anybody but them.
 */
export function createNotifier(parts: NotifierParts): {
  start(): void
  tell(): Promise<void>
  /** Tells every browser of this person, now, that somebody is getting back into their account. */
  warn(userId: Id<'usr'>): void
  close(): Promise<void>
} {
  const { database, now, onError } = parts
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
  let warning = Promise.resolve()

  async function tell(): Promise<void> {
    for (const row of await listUnannounced(database.read, now())) if (await claim(row)) await push(row)
  }

  /** Of several nodes one tells; the letter is written together with that. False where there is nothing more to tell. */
  function claim(row: SealRequestTable): Promise<boolean> {
    return database.write(async (tx) => {
      const at = now()
      if (!(await markAnnounced(tx, row.id, at)) || (await isTooMany(tx, row, at))) return false
      if (isWorthALetter(row) && (await wantsLetters(tx, row.userId))) {
        const by = await findUserById(tx, row.requestedBy)
        await parts.queueLetter(tx, {
          toUserId: row.userId,
          kind: 'tap-waits',
          facts: {
            title: (JSON.parse(row.facts) as { title: string }).title,
            by: row.requestedBy === row.userId ? null : (by?.displayName ?? 'Somebody'),
            link: `${parts.origin}/s/${renderCode(row.code ?? '')}`,
            expiresAt: row.expiresAt,
          },
        })
      }
      return true
    })
  }

  async function push(row: SealRequestTable): Promise<void> {
    const ttlSeconds = Math.max(1, Math.floor((row.expiresAt - now()) / 1_000))
    const message = {
      title: 'Postern',
      body: 'Something waits for your tap.',
      path: `/s/${renderCode(row.code ?? '')}`,
      ttlSeconds,
    }
    await pushTo(row.userId, message)
  }

  async function pushTo(userId: Id<'usr'>, message: PushMessage): Promise<void> {
    for (const subscription of await listSubscriptions(database.read, userId))
      if (!(await parts.webPush.send(subscription, message).catch(failed))) await forget(subscription.id)
  }

  function failed(error: unknown): boolean {
    onError(error)
    return true
  }

  const forget = (id: Id<'psh'>) =>
    database.write((tx) => tx.deleteFrom('pushSubscription').where('id', '=', id).execute())

  return {
    tell,
    warn(userId) {
      warning = warning.then(() => pushTo(userId, recoveryWarning)).catch(onError)
    },
    start() {
      timer = setInterval(() => {
        working ??= tell()
          .catch(onError)
          .finally(() => (working = undefined))
      }, lookEveryMs).unref()
    },
    async close() {
      clearInterval(timer)
      await working
      await warning
    },
  }
}
