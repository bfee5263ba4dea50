import { fileURLToPath } from 'node:url'
import { ledgerRoutes } from '../audit/ledger/routes.ts'
import { auditRoutes } from '../audit/routes.ts'
import { demoRoutes } from '../demo/routes.ts'
import { homeRoutes } from '../home/routes.ts'
import { consoleRoutes } from '../http/console.ts'
import { healthRoutes } from '../http/health.ts'
import { forbidden } from '../http/problem.ts'
import { getActor } from '../identity/actor.ts'
import { actorOf, getPerson, isAdmin } from '../identity/caller.ts'
import { insightRoutes } from '../insights/routes.ts'
import { liveRoutes } from '../live/routes.ts'
import { mailRoutes } from '../mail/routes.ts'
import { metricsRoutes } from '../metrics/routes.ts'
import { notifyRoutes } from '../notify/routes.ts'
import { closedAttention, fileAttention } from '../proxy/routes/report-file.ts'
import { findAuditedRepository } from '../repositories/audited-repository.ts'
import { listReadableIds } from '../repositories/reachable.ts'
import { witnessRoutes } from '../witnesses/routes.ts'
import type { Callers } from './callers.ts'
import type { CodeParts } from './code.ts'
import type { Foundations } from './foundations.ts'
import type { PeopleParts } from './people.ts'
import type { ProxyParts } from './proxy.ts'
import type { SignOnParts } from './sign-on.ts'

const consoleFolder = fileURLToPath(new URL('../../dist/console', import.meta.url))

/** What belongs to no room: the record, Home, figures, how it is, and the console itself. */
export async function houseRoutes(
  base: Foundations,
  { authenticator }: Callers,
  { webPush }: PeopleParts,
  { parts }: CodeParts,
  { kinds }: SignOnParts,
  { routes, routesFile }: ProxyParts,
): Promise<void> {
  const { app, database, ledger, policy, live, mail, meters, outbound, place, now } = base
  healthRoutes(app, {
    isReady: () =>
      database.read
        .selectFrom('instance')
        .select('id')
        .execute()
        .then(
          (rows) => rows.length === 1,
          () => false,
        ),
  })
  metricsRoutes(app, { meters })
  liveRoutes(app, {
    db: database.read,
    live,
    listReadable: (caller, ids) => listReadableIds(database.read, caller, ids),
    recognise: (request) => authenticator.fromRequest(request),
  })
  notifyRoutes(app, { database, webPush, outbound, isMailSetUp: mail.from !== null, now })
  const ofMachine = () => [...fileAttention(routesFile), ...closedAttention(routes.closed())]
  homeRoutes(app, { database, policy, kinds, ofMachine, now })
  insightRoutes(app, { db: database.read, rpId: place.rpId, now })
  demoRoutes(app, { ...parts, kinds })
  mailRoutes(app, { mail })
  ledgerRoutes(app, { ledger })
  witnessRoutes(app, { database, ledger, outbound, now })
  auditRoutes(app, {
    database,
    now,
    actorOf: (request, seal) => actorOf(getActor(request), seal),
    async scopeOf(request, repository) {
      if (repository !== undefined)
        return findAuditedRepository({ db: database.read, root: parts.root }, getPerson(request), repository)
      if (!isAdmin(getPerson(request)))
        throw forbidden(
          'Only administrators can read everything that happened.',
          'Administrators of a repository can read its own part.',
        )
      return undefined
    },
  })
  await consoleRoutes(app, { folder: consoleFolder })
}
