import { forgetSpent, warnOfTokenEnds } from '../access-keys/rotation/warn-of-token-ends.ts'
import type { AuditEntry } from '../audit/entry.ts'
import type { Ledger } from '../audit/ledger/ledger.ts'
import type { Bus } from '../bus/bus.ts'
import type { Database } from '../database/handles.ts'
import type { LoadedPolicy } from '../guardrails/in-force.ts'
import { createReminders } from '../guardrails/remind.ts'
import { remindOfBreakGlass } from '../identity/break-glass/remind.ts'
import type { EndAccess } from '../identity/ending/end-access.ts'
import { endGuests } from '../identity/guests/guest-ends.ts'
import { endOverdue } from '../identity/passwords/password-ends.ts'
import { closeReturns } from '../identity/ending/may-return.ts'
import { settleDue } from '../identity/recovery/settle-due.ts'
import { lookAfterDeployKeys } from '../machines/deploy-keys/look-after-deploy-keys.ts'
import type { DeployKeyParts } from '../machines/deploy-keys/parts.ts'
import { endUnkeptTrusts } from '../machines/workloads/unkept.ts'
import type { Mail } from '../mail/mail.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { forgetEnded } from '../proxy/entry/forget-ended.ts'
import { recordOverdue } from '../pull-requests/record-overdue.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { forgetExpired } from '../sign-on/forget-expired.ts'
import type { ClientCache } from '../sign-on/openid/client-cache.ts'
import { createRefusalWatch } from '../sign-on/openid/end-refused.ts'
import { createLogoutSender } from '../sign-on/openid/logout-sender.ts'
import { mountPath } from '../sign-on/provider-settings.ts'
import type { SignOnKeys } from '../sign-on/signing-keys.ts'
import { version } from '../version.ts'
import { createDeliverySender } from '../webhooks/send-deliveries.ts'
import { holdRound } from '../witnesses/rounds.ts'
import { type Job, repeat } from './repeat.ts'

/** After such an event somebody may be signed on to something no more. */
const mayEndSignOns =
  /^(session\.ended|(access|group|application|grant|credential|recovery|password|break-glass|guardrail)\.)/

/** How far what is shown of the ledger may be behind, where witnesses are asked. */
const roundMs = 15_000
const minuteMs = 60_000
const hourMs = 60 * minuteMs

interface JobParts {
  database: Database
  policy: LoadedPolicy
  mail: Mail
  endAccess: EndAccess
  outbound: Outbound
  secrets: Secrets
  ledger: Pick<Ledger, 'sequence' | 'stop' | 'signHead' | 'proveGrowth'>
  signOnKeys: () => Promise<SignOnKeys>
  openidClients: ClientCache
  bus: Pick<Bus, 'publish'>
  origin: string
  cut: DeployKeyParts['cut']
  /** A recovery was settled, and keys that sealed something may have ended. */
  signersChanged: () => void
  log: (error: unknown, doing: string) => void
  now: () => number
}

/** What looks by itself, every so often, at what nobody asks for: each may run on several nodes, and be cut off at any time. */
export function createJobs(parts: JobParts) {
  const { database, policy, mail, endAccess, outbound, secrets, origin, now, log } = parts
  const failing =
    (doing: string) =>
    (error: unknown): void =>
      log(error, doing)
  const every = (everyMs: number, doing: string, work: () => Promise<unknown>) => repeat(everyMs, work, failing(doing))
  const reminders = createReminders({
    database,
    policy,
    now,
    queue: (tx, { userId, key, facts }) =>
      mail.queue(tx, { toUserId: userId, kind: 'enrolment-reminder', facts, dedupeKey: key }),
    onError: failing('reminding people of what a guardrail will ask'),
  })
  const logouts = createLogoutSender({
    database,
    outbound,
    keys: parts.signOnKeys,
    endRefused: createRefusalWatch({ database, bus: parts.bus, policy, clients: parts.openidClients, now }),
    issuer: `${origin}${mountPath}`,
    now,
    onError: failing('telling an application that a sign-on is over'),
  })
  const closing = new AbortController()
  const witnessing = every(roundMs, 'asking the witnesses of the ledger', () =>
    holdRound(
      {
        ...parts,
        onContradiction: (name, problem) =>
          log(new Error(`the witness ${name} knows another past of the ledger: ${problem}`), 'asking the witnesses'),
      },
      closing.signal,
    ),
  )
  const jobs: Job[] = [
    reminders,
    logouts,
    witnessing,
    every(1000, 'putting events into the ledger', () => parts.ledger.sequence()),
    every(minuteMs, 'settling recoveries', async () => {
      if ((await settleDue({ database, now })) > 0) parts.signersChanged()
      await remindOfBreakGlass({
        database,
        now,
        tell: (tx, letter) => mail.queue(tx, { ...letter, kind: 'break-glass-waits' }),
      })
    }),
    every(10 * minuteMs, 'looking for merges past a rule that nobody looked at', () =>
      recordOverdue({ database, now }),
    ),
    createDeliverySender({
      database,
      outbound,
      secrets,
      version,
      now,
      tell: (tx, { toUserId, ...facts }) => mail.queue(tx, { toUserId, kind: 'webhook-off', facts }),
      onError: failing('telling a webhook'),
    }),
    every(minuteMs, 'warning of tokens that end', async () => {
      await warnOfTokenEnds({ database, now })
      await forgetSpent({ database, now })
    }),
    every(minuteMs, 'looking after deploy keys', () => lookAfterDeployKeys({ database, cut: parts.cut, now })),
    every(minuteMs, 'looking after pipelines', () => endUnkeptTrusts({ database, cut: parts.cut }, now())),
    every(hourMs, 'deleting passwords whose rule is over', () => endOverdue({ database, policy, now })),
    every(minuteMs, 'ending the access of guests whose day has come', () =>
      endGuests({ database, endAccess, origin, now, queue: (tx, letter) => mail.queue(tx, letter) }),
    ),
    every(minuteMs, 'forgetting codes and tokens that have expired', () => forgetExpired({ database, now })),
    every(hourMs, 'ending passkeys that nobody took back', async () => {
      if (await closeReturns({ database, now })) parts.signersChanged()
    }),
    every(hourMs, 'forgetting what was held of tools', () => forgetEnded({ database, now })),
  ]
  return {
    start(): void {
      for (const job of jobs) job.start()
    },
    /** Some of them have something to do at once after such an event. */
    after(events: readonly AuditEntry[]): void {
      if (events.some(({ action }) => action === 'group.member-added')) reminders.stir()
      if (events.some(({ action }) => mayEndSignOns.test(action))) logouts.stir()
      if (events.some(({ action }) => action.startsWith('ledger.witness-'))) witnessing.stir()
    },
    async close(): Promise<void> {
      parts.ledger.stop()
      closing.abort()
      for (const job of jobs.toReversed()) await job.close()
    },
  }
}
