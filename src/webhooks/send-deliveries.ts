import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { type Outbound, OutboundError } from '../outbound/outbound.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { cleanUp } from './clean-up.ts'
import { type DueDelivery, findDue, giveBackDelivery, settleDelivery, takeDelivery } from './delivery-queue.ts'
import { switchOffUnkept } from './keep-webhook.ts'
import { judgeAnswer, judgeFailure, type Outcome } from './outcome.ts'
import { signWebhook } from './standard-webhooks.ts'
import type { TellOwner } from './switch-off.ts'
import { openSecrets } from './webhook-secrets.ts'

export interface DeliverySender {
  /** Looks for deliveries from now on, every second. */
  start(): void
  /** Sends all that is due now, and waits for the answers. Never throws for a delivery that fails. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** How many attempts of one node go on at once, and of them to one webhook. */
const mostAtOnce = 16
const mostToOne = 4
const lookEveryMs = 1_000
const cleanEveryMs = 3_600_000
const keptAnswerBytes = 16 * 1024

/** Sends what waits: no webhook that hangs holds up another, and none that fails gets more than one attempt at once. */
export function createDeliverySender(parts: {
  database: Database
  outbound: Outbound
  secrets: Secrets
  version: string
  now: () => number
  tell: TellOwner
  onError: (error: unknown) => void
  /** From the look-up of the host to the last byte of the answer. */
  attemptMs?: number
}): DeliverySender {
  const { database, outbound, secrets, version, now, tell, onError, attemptMs = 10_000 } = parts
  const closing = new AbortController()
  const underWay = new Map<Promise<void>, Id<'whk'>>()
  let timer: NodeJS.Timeout | undefined
  let cleaner: NodeJS.Timeout | undefined
  let filling: Promise<void> | undefined
  let cleaning: Promise<void> = Promise.resolve()

  async function attempt(due: DueDelivery, taken: { attempts: number; tries: number }): Promise<void> {
    const { delivery, webhook } = due
    const startedAt = now()
    const began = performance.now()
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': `Postern/${version}`,
      accept: '*/*',
    }
    let outcome: Outcome
    try {
      const { id, body } = delivery
      Object.assign(
        headers,
        signWebhook({ id, sentAt: startedAt, body, secrets: openSecrets(secrets, webhook, startedAt) }),
      )
      const answer = await outbound.request(webhook.url, {
        method: 'POST',
        headers,
        body,
        timeoutMs: attemptMs,
        maxResponseBytes: keptAnswerBytes,
        signal: closing.signal,
      })
      outcome = judgeAnswer(answer, now())
    } catch (error) {
      if (error instanceof OutboundError && error.problem === 'aborted')
        return giveBackDelivery(database, due, taken.attempts)
      if (!(error instanceof OutboundError)) onError(error)
      outcome = judgeFailure(error)
    }
    const durationMs = Math.round(performance.now() - began)
    const requestHeaders = Object.entries(headers)
    await settleDelivery(
      database,
      due,
      { ...taken, startedAt, durationMs, url: webhook.url, requestHeaders, outcome },
      { at: now(), tell },
    )
  }

  /** Starts attempts until nothing is due or no place is left. */
  async function fill(): Promise<void> {
    const resting = new Set<Id<'whk'>>()
    while (!closing.signal.aborted && underWay.size < mostAtOnce) {
      const full = [...new Set(underWay.values())].filter((id) => countOf(id) >= mostToOne)
      const due = await findDue(database, { at: now(), busy: [...full, ...resting] })
      if (due === undefined) return
      const { webhook } = due
      // One that failed last is asked with one delivery at a time whether it is well again.
      if (webhook.failures > 0 && countOf(webhook.id) > 0) {
        resting.add(webhook.id)
        continue
      }
      const taken = await takeDelivery(database, due.delivery, now())
      if (taken === undefined) continue
      const work: Promise<void> = attempt(due, taken)
        .catch(onError)
        .finally(() => {
          underWay.delete(work)
          look()
        })
      underWay.set(work, webhook.id)
    }
  }

  const countOf = (id: Id<'whk'>): number => [...underWay.values()].filter((other) => other === id).length

  const fillOnce = (): Promise<void> => (filling ??= fill().finally(() => (filling = undefined)))
  function look(): void {
    if (!closing.signal.aborted) fillOnce().catch(onError)
  }

  const clean = (): void => {
    cleaning = cleaning
      .then(() => cleanUp(database, now()))
      .then(() => switchOffUnkept(database, { at: now(), tell }))
      .catch(onError)
  }

  return {
    start() {
      timer = setInterval(look, lookEveryMs)
      cleaner = setInterval(clean, cleanEveryMs).unref()
      clean()
    },
    async drain() {
      do {
        await fillOnce()
        await Promise.all(underWay.keys())
        await fillOnce()
      } while (underWay.size > 0)
    },
    async close() {
      clearInterval(timer)
      clearInterval(cleaner)
      closing.abort()
      await filling?.catch(() => {})
      await Promise.all([...underWay.keys(), cleaning])
    },
  }
}
