import { createTokenJob } from '../access-keys/rotation/token-job.ts'
import type { AuditEntry } from '../audit/entry.ts'
import type { Bus } from '../bus/bus.ts'
import type { Database } from '../database/handles.ts'
import type { LoadedPolicy } from '../guardrails/in-force.ts'
import { createReminders } from '../guardrails/remind.ts'
import { remindOfBreakGlass } from '../identity/break-glass/remind.ts'
import type { EndAccess } from '../identity/ending/end-access.ts'
import { createGuestEnds } from '../identity/guests/guest-ends.ts'
import { createPasswordEnds } from '../identity/passwords/password-ends.ts'
import { createRecoveryJob } from '../identity/recovery/recovery-job.ts'
import { createDeployKeyJob } from '../machines/deploy-keys/deploy-key-job.ts'
import type { DeployKeyParts } from '../machines/deploy-keys/parts.ts'
import { createWorkloadJob } from '../machines/workloads/workload-job.ts'
import type { Mail } from '../mail/mail.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { createToolForgetting } from '../proxy/entry/forget-ended.ts'
import { createBypassReminders } from '../pull-requests/remind-bypass.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { createForgetting } from '../sign-on/forget-expired.ts'
import type { ClientCache } from '../sign-on/openid/client-cache.ts'
import { createRefusalWatch } from '../sign-on/openid/end-refused.ts'
import { createLogoutSender } from '../sign-on/openid/logout-sender.ts'
import { mountPath } from '../sign-on/provider-settings.ts'
import type { SignOnKeys } from '../sign-on/signing-keys.ts'
import { version } from '../version.ts'
import { createDeliverySender } from '../webhooks/send-deliveries.ts'

/** After such an event somebody may be signed on to something no more. */
const mayEndSignOns =
  /^(session\.ended|(access|group|application|grant|credential|recovery|password|break-glass|guardrail)\.)/

interface JobParts {
  database: Database
  policy: LoadedPolicy
  mail: Mail
  endAccess: EndAccess
  outbound: Outbound
  secrets: Secrets
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
  const jobs = [
    reminders,
    logouts,
    createRecoveryJob({
      database,
      now,
      onSettled: parts.signersChanged,
      also: () =>
        remindOfBreakGlass({
          database,
          now,
          tell: (tx, letter) => mail.queue(tx, { ...letter, kind: 'break-glass-waits' }),
        }),
      onError: failing('settling recoveries'),
    }),
    createBypassReminders({
      database,
      now,
      onError: failing('looking for merges past a rule that nobody looked at'),
    }),
    createDeliverySender({
      database,
      outbound,
      secrets,
      version,
      now,
      tell: (tx, { toUserId, ...facts }) => mail.queue(tx, { toUserId, kind: 'webhook-off', facts }),
      onError: failing('telling a webhook'),
    }),
    createTokenJob({ database, now, onError: failing('warning of tokens that end') }),
    createDeployKeyJob({
      database,
      cut: parts.cut,
      now,
      onError: failing('looking after deploy keys'),
    }),
    createWorkloadJob({
      database,
      cut: parts.cut,
      now,
      onError: failing('looking after pipelines'),
    }),
    createPasswordEnds({ database, policy, now, onError: failing('deleting passwords whose rule is over') }),
    createGuestEnds({
      database,
      endAccess,
      origin,
      now,
      queue: (tx, letter) => mail.queue(tx, letter),
      onError: failing('ending the access of guests whose day has come'),
    }),
    createForgetting({ database, now, onError: failing('forgetting codes and tokens that have expired') }),
    createToolForgetting({ database, now, onError: failing('forgetting what was held of tools') }),
  ]
  return {
    start(): void {
      for (const job of jobs) job.start()
    },
    /** Some of them have something to do at once after such an event. */
    after(events: readonly AuditEntry[]): void {
      if (events.some(({ action }) => action === 'group.member-added')) reminders.stir()
      if (events.some(({ action }) => mayEndSignOns.test(action))) logouts.stir()
    },
    async close(): Promise<void> {
      for (const job of jobs.toReversed()) await job.close()
    },
  }
}
