import { endTokensShownTo } from '../access-keys/end-token.ts'
import { createJoinerLetters } from '../announcements/announce.ts'
import { createMetadataSchedule } from '../attestation/metadata-schedule.ts'
import { createWindingUp } from '../directory/connections/winding-up.ts'
import { followPeople } from '../directory/domains/follow-people.ts'
import { lookAtFile } from '../directory/domains/look-at-file.ts'
import { lookInDns } from '../directory/domains/look-in-dns.ts'
import { createDomainWatch } from '../directory/domains/watch-domains.ts'
import type { Id } from '../database/id.ts'
import { ACCESS_ENDED, createEndAccess } from '../identity/ending/end-access.ts'
import { createReceipts } from '../identity/ending/receipts.ts'
import type { RecoveryStops } from '../identity/recovery/begin-recovery.ts'
import { rejudgeCredentials } from '../identity/rejudge-credentials.ts'
import { createNotifier } from '../notify/notifier.ts'
import { endSubscriptionsSince } from '../notify/subscriptions.ts'
import { createWebPush } from '../notify/web-push.ts'
import { loadSigningKey } from '../secrets/signing-key.ts'
import { createWaiting } from '../seals/waiting.ts'
import { accessKinds, stoppedByRecovery, stoppedByShell } from './access-kinds.ts'
import type { Foundations } from './foundations.ts'

export type PeopleParts = Awaited<ReturnType<typeof openPeople>>

/** Accounts from their beginning to their end: what judges their passkeys, tells them, and ends their access. */
export async function openPeople(base: Foundations) {
  const { config, database, bus, policy, attestation, secrets, outbound, origin, mail, opened, failing, now } = base

  let judging = Promise.resolve()
  opened.defer(() => judging)
  // Safe to be cut off: the next start does the rest.
  const judgeAnew = (): void => {
    judging = judging.then(attestation.catchUp).catch(failing('judging passkeys anew'))
  }
  // Other reports may count from now on.
  policy.onChanged(judgeAnew)
  attestation.onImported((number) => rejudgeCredentials({ database, attestation, bus, now }, number))
  const schedule = createMetadataSchedule({
    url: config.metadata.url,
    attestation,
    now,
    onError: failing('fetching authenticator metadata'),
  })
  opened.defer(() => schedule.close())

  const endAccess = createEndAccess(accessKinds, bus)
  const receipts = createReceipts({
    database,
    bus,
    key: await loadSigningKey(secrets, 'access-ends'),
    origin,
    now,
    onError: failing('signing what has ended'),
  })
  opened.defer(() => receipts.close())
  const stops: RecoveryStops = {
    kinds: stoppedByRecovery,
    kindsOfShell: stoppedByShell,
    cut: (tx, userId, at) => bus.publish(tx, ACCESS_ENDED, userId, at),
    endShown: endTokensShownTo,
    endTold: endSubscriptionsSince,
  }

  const webPush = await createWebPush({ secrets, outbound, origin })
  const notifier = createNotifier({
    database,
    webPush,
    origin,
    now,
    queueLetter: (tx, letter) => mail.queue(tx, letter),
    onError: failing('telling somebody that something waits for them'),
  })
  opened.defer(() => notifier.close())
  const announcing = { database, now, queueLetter: mail.queue }
  base.follow(createJoinerLetters(announcing), followPeople)
  base.after((events) => {
    for (const { action, target } of events) if (action === 'recovery.started') notifier.warn(target.id as Id<'usr'>)
  })

  const windingUp = createWindingUp({
    database,
    endAccess,
    now,
    onError: failing('ending the access of people of a directory that was disconnected'),
  })
  opened.defer(() => windingUp.close())
  const look = { dns: lookInDns({ servers: config.dnsServers }), https: lookAtFile(outbound) }
  const domainWatch = createDomainWatch({ database, look, now, onError: failing('looking after domains') })
  opened.defer(() => domainWatch.close())

  return {
    endAccess,
    receipts,
    stops,
    /** Who waits for a tap, on which page. */
    waiting: createWaiting(base.ceremonies),
    webPush,
    announcing,
    windingUp,
    look,
    schedule,
    start(): void {
      judgeAnew()
      schedule.start()
      mail.start()
      notifier.start()
      windingUp.start()
      domainWatch.start()
    },
  }
}
