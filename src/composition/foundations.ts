import { createAttestation } from '../attestation/attestation.ts'
import type { AuditEntry } from '../audit/entry.ts'
import { createLedger } from '../audit/ledger/ledger.ts'
import { afterEvents, type EventFollower, followEvents } from '../audit/follow-events.ts'
import { createBus } from '../bus/bus.ts'
import type { Config } from '../config.ts'
import { openDatabase } from '../database/open.ts'
import { loadPolicy } from '../guardrails/in-force.ts'
import { createApp } from '../http/app.ts'
import { limitBodyTime } from '../http/body-deadline.ts'
import { cookieNames } from '../http/cookies.ts'
import type { Front } from '../http/front.ts'
import { trackConnections } from '../http/open-connections.ts'
import { limitRates } from '../http/rate-limit.ts'
import { createChallenges } from '../identity/challenges.ts'
import { challengesInMemory } from '../identity/challenges-in-memory.ts'
import { challengesInTable } from '../identity/challenges-in-table.ts'
import { ensureInstance } from '../identity/instance.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { createChanges } from '../live/changes.ts'
import { createLive } from '../live/live.ts'
import { createMail } from '../mail/mail.ts'
import { measureRequests } from '../metrics/measure-requests.ts'
import { createMeters } from '../metrics/meters.ts'
import { createOutbound } from '../outbound/outbound.ts'
import { renderUnknownHost } from '../proxy/door/trouble.ts'
import { countOpenRequests } from '../seals/count-open.ts'
import { loadSecretKey } from '../secrets/secret-key.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { queueDeliveries } from '../webhooks/queue-deliveries.ts'
import { cutsConnections, endingWith } from './cut-connections.ts'
import { createLetterFollower } from './letters.ts'

export type Foundations = Awaited<ReturnType<typeof openFoundations>>

/**
 * What every room stands on: the store and what follows its events, the rules in force, what is known of passkeys,
 * letters, figures, and the web server, which answers nothing yet.
 */
export async function openFoundations(config: Config, now: () => number, opened: AsyncDisposableStack) {
  const fronts: Front[] = []
  const place = { rpId: config.rpId, origin: config.url.origin }
  const { origin } = place
  const app = createApp({
    ...config,
    log: { level: config.logLevel },
    fronts,
    wrongHostPage: (headers) => renderUnknownHost(origin, { headers }),
  })
  limitBodyTime(app)
  const log = (error: unknown, doing: string): void => app.log.error({ err: error }, doing)
  const failing =
    (doing: string) =>
    (error: unknown): void =>
      log(error, doing)

  const store = await openDatabase(config.databaseUrl)
  opened.defer(() => store.close())
  const mail = createMail({
    database: store,
    settings: config.mail,
    origin,
    now,
    onError: (error, letter) => log(error, `sending the letter ${letter}`),
  })
  opened.defer(() => mail.close())
  const live = createLive({
    changes: createChanges({ db: store.read, now }),
    onError: failing('looking for changes'),
  })
  opened.defer(() => live.close())
  const bus = createBus({
    database: store,
    now,
    onDeaf: () => connections.cutAll(),
    onError: failing('reading what has ended'),
  })
  opened.defer(() => bus.close())

  const followers: EventFollower[] = [
    createLetterFollower(mail),
    (tx, event, id) => queueDeliveries(tx, event, { event: id, origin }),
  ]
  const afterwards: ((events: readonly AuditEntry[]) => void | Promise<void>)[] = [
    () => live.nudge(),
    (events) => {
      if (events.some(({ action }) => cutsConnections.has(action))) void bus.nudge()
    },
  ]
  const told = afterEvents(store, async (events) => {
    // All hear of it at once, before any is waited for.
    for (const waiting of afterwards.map((tell) => tell(events))) await waiting
  })
  const database = followEvents(told, async (tx, event, id) => {
    for (const follow of followers) await follow(tx, event, id)
  })

  const instance = await ensureInstance(database, place, now())
  const secrets = await createSecrets({ database, key: await loadSecretKey(config.secretKey, config.dataFolder), now })
  const ledger = createLedger({ database, secrets, origin, now })
  const meters = createMeters({ countOpenSealRequests: () => countOpenRequests(store.read, now()) })
  opened.defer(() => meters.close())
  measureRequests(app, meters)
  const policy = await loadPolicy(database, { onError: failing('reading the policy'), decided: meters.decision })
  opened.defer(() => policy.close())
  const attestation = createAttestation({
    ...config.metadata,
    database,
    now,
    refuseStatuses: () => policy.current().policy.refusedModelStatuses,
  })
  const challengeStore = database.volatile === undefined ? challengesInMemory() : challengesInTable(database.volatile)
  const ceremonies: Ceremonies = {
    database,
    challenges: createChallenges(challengeStore, now),
    place,
    policy,
    attestation,
    now,
  }
  const connections = trackConnections(app, {
    accountsOf: ({ caller }) => (caller === undefined ? [] : [caller.id, ...endingWith(caller.by)]),
  })
  const limits = limitRates(app, {
    perAddress: config.rateLimit,
    accountOf: (request) => request.caller?.id ?? request.directory?.id,
    onRefused: meters.rateLimited,
  })
  return {
    config,
    now,
    opened,
    app,
    /** Asked before any route of ours. */
    fronts,
    log,
    failing,
    place,
    origin,
    mail,
    live,
    bus,
    database,
    /** Looks at each event in its own transaction. */
    follow: (...more: EventFollower[]): void => void followers.push(...more),
    /** Is told when events have committed. */
    after: (...more: typeof afterwards): void => void afterwards.push(...more),
    instance,
    secrets,
    ledger,
    outbound: createOutbound({ allow: config.outboundAllow }),
    cookies: cookieNames(config.url),
    meters,
    policy,
    attestation,
    ceremonies,
    connections,
    limits,
  }
}
