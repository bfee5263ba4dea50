import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { tellIdentity } from '../proxy/entry/identity.ts'
import { type CutRouteSession, endRouteSessions } from '../proxy/entry/route-sessions.ts'
import { certificateProblemFinder } from '../proxy/routes/find-certificate-problem.ts'
import { followRoutesFile } from '../proxy/routes/follow-routes-file.ts'
import { routesFileReporter } from '../proxy/routes/report-file.ts'
import { createRouteKind } from '../proxy/routes/route-kind.ts'

/** Tools behind the proxy as applications: those made with a tap, and those of `routes.yaml` where there is one. */
export function createRouteKinds(parts: {
  config: Pick<Config, 'url' | 'rpId' | 'port' | 'tls' | 'routesFile'>
  database: Database
  cut: CutRouteSession
  countProblems: Parameters<typeof routesFileReporter>[0]['count']
  now: () => number
  logger: FastifyBaseLogger
}) {
  const { config, database, cut, countProblems: count, now, logger: log } = parts
  const { url, rpId, port, tls, routesFile: path } = config
  const surroundings = {
    site: { rpId, origin: url.origin, port },
    findCertificateProblem: certificateProblemFinder(url.origin, tls),
  }
  const shared = {
    ...surroundings,
    hasFile: path !== undefined,
    tell: tellIdentity,
    endUse: async (tx: Tx<TableName>, { id }: { id: Id<'app'> }, at: number) =>
      void (await endRouteSessions(tx, { applicationId: id }, { cut, at })),
  }
  const kind = createRouteKind({ ...shared, source: 'file' })
  return {
    console: createRouteKind({ ...shared, source: 'console' }),
    routesFile:
      path === undefined
        ? undefined
        : followRoutesFile({
            path,
            database,
            kind,
            surroundings,
            now,
            onState: routesFileReporter({ path, log, count }),
          }),
  }
}
