import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { BackchannelLogoutTable } from '../../database/schema.ts'
import { type Outbound, OutboundError } from '../../outbound/outbound.ts'
import { signingKey, type SignOnKeys } from '../signing-keys.ts'
import { findRow, readSettings } from './find-client.ts'
import { signLogoutToken } from './logout-token.ts'
import { settleEnds } from './settle-ends.ts'

/** Also what no event tells of, like a session whose time is over. */
const lookEveryMs = 5_000
const attemptMs = 5_000
/** Longer than an attempt can take: a node that falls over with one leaves it to the next. */
const takenMs = 30_000
const waitsMs = [5_000, 30_000, 120_000, 600_000, 3_600_000]
const giveUpAfterMs = 86_400_000
const mostAtOnce = 32
/** Of one application, which may hang: the others go on meanwhile. */
const mostOfOne = 8

interface LogoutSender {
  start(): void
  /** Something may have ended: looks now. */
  stir(): void
  close(): Promise<void>
}

/** Tells applications that a sign-on is over, and again where they did not listen; one that hangs holds up no other. */
export function createLogoutSender(parts: {
  database: Database
  outbound: Outbound
  keys: () => Promise<SignOnKeys>
  /** Sign-ons that the rules of today refuse. */
  endRefused: () => Promise<void>
  issuer: string
  now: () => number
  onError: (error: unknown) => void
}): LogoutSender {
  const { database, outbound, keys, issuer, now, onError } = parts
  const closing = new AbortController()
  const underWay = new Map<string, Promise<void>>()
  const ofApplication = new Map<Id<'app'>, number>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let isStirred = false

  async function look(): Promise<void> {
    do {
      isStirred = false
      await parts.endRefused()
      let settled = 1
      while (settled > 0 && !closing.signal.aborted) settled = await settleEnds(parts)
      await fill()
    } while (isStirred && !closing.signal.aborted)
  }

  async function fill(): Promise<void> {
    for (let isMore = true; isMore && underWay.size < mostAtOnce;) {
      const busy = [...ofApplication].filter(([, count]) => count >= mostOfOne).map(([id]) => id)
      const due = await findDue(busy)
      isMore = false
      for (const { applicationId, ...row } of due) {
        if (applicationId === null || underWay.size >= mostAtOnce || underWay.has(row.grantId)) continue
        const count = ofApplication.get(applicationId) ?? 0
        // Those behind it are looked for without it.
        if (count >= mostOfOne) isMore = true
        if (count >= mostOfOne || !(await take(row))) continue
        begin(applicationId, row)
      }
    }
  }

  const findDue = (busy: readonly Id<'app'>[]) =>
    database.read
      .selectFrom('backchannelLogout')
      .innerJoin('oauthGrant', 'oauthGrant.id', 'backchannelLogout.grantId')
      .selectAll('backchannelLogout')
      .select('oauthGrant.applicationId')
      .where('notBefore', '<=', now())
      .$if(busy.length > 0, (query) => query.where('oauthGrant.applicationId', 'not in', [...busy]))
      .orderBy('notBefore')
      .limit(mostAtOnce)
      .execute()

  function begin(applicationId: Id<'app'>, row: BackchannelLogoutTable): void {
    ofApplication.set(applicationId, (ofApplication.get(applicationId) ?? 0) + 1)
    const work = attempt(row)
      .catch(onError)
      .finally(() => {
        underWay.delete(row.grantId)
        const left = (ofApplication.get(applicationId) ?? 1) - 1
        if (left > 0) ofApplication.set(applicationId, left)
        else ofApplication.delete(applicationId)
        // More of it may have waited.
        if (left === mostOfOne - 1 || underWay.size === mostAtOnce - 1) stir()
      })
    underWay.set(row.grantId, work)
  }

  /** Of two nodes that want one, one gets it. */
  async function take({ grantId, attempts }: BackchannelLogoutTable): Promise<boolean> {
    const taken = await database.write((tx) =>
      tx
        .updateTable('backchannelLogout')
        .set({ attempts: attempts + 1, notBefore: now() + takenMs })
        .where('grantId', '=', grantId)
        .where('attempts', '=', attempts)
        .returning('grantId')
        .executeTakeFirst(),
    )
    return taken !== undefined
  }

  async function attempt({ grantId, createdAt, attempts }: BackchannelLogoutTable): Promise<void> {
    const failure = await tell(grantId)
    const next = now() + (waitsMs[attempts] ?? 3_600_000)
    await database.write(async (tx) => {
      if (failure === null || next > createdAt + giveUpAfterMs)
        await tx.deleteFrom('backchannelLogout').where('grantId', '=', grantId).execute()
      else
        await tx
          .updateTable('backchannelLogout')
          .set({ notBefore: next, lastError: failure })
          .where('grantId', '=', grantId)
          .execute()
    })
  }

  /** Returns why it did not listen; null where it did, or is there no more. */
  async function tell(grantId: BackchannelLogoutTable['grantId']): Promise<string | null> {
    const grant = await database.read
      .selectFrom('oauthGrant')
      .selectAll()
      .where('id', '=', grantId)
      .executeTakeFirstOrThrow()
    const row = grant.applicationId === null ? undefined : await findRow(database.read, grant.applicationId)
    if (row === undefined) return null
    const { backchannelLogoutUri: url, idTokenAlgorithm } = readSettings(row)
    if (url === null) return null
    const key = signingKey(await keys(), idTokenAlgorithm)
    const token = await signLogoutToken(grant, { issuer, key, at: now() })
    try {
      const { status } = await outbound.request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' },
        body: new URLSearchParams({ logout_token: token }).toString(),
        timeoutMs: attemptMs,
        maxResponseBytes: 4_096,
        signal: closing.signal,
      })
      // §2.8: 200; what some products answer instead means the same.
      return status >= 200 && status < 300 ? null : `It answered ${status}.`
    } catch (error) {
      if (error instanceof OutboundError) return error.message
      throw error
    }
  }

  function stir(): void {
    isStirred = true
    if (closing.signal.aborted) return
    looking ??= look()
      .catch(onError)
      .finally(() => {
        looking = undefined
        if (isStirred) stir()
      })
  }

  return {
    start() {
      timer = setInterval(stir, lookEveryMs).unref()
      stir()
    },
    stir,
    async close() {
      clearInterval(timer)
      closing.abort()
      await looking
      await Promise.all(underWay.values())
    },
  }
}
