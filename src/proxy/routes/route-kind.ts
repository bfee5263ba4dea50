import type { ApplicationKind, Previewed, SentValue } from '../../applications/application-kind.ts'
import type { Application } from '../../applications/application.ts'
import { type Db, orUniqueViolation, type Tx, UniqueViolation } from '../../database/handles.ts'
import type { ProxyRouteTable, TableName } from '../../database/schema.ts'
import { conflict, notFound } from '../../http/problem.ts'
import type { RouteSettings } from '../route-settings.ts'
import type { RouteSurroundings } from './check-route.ts'
import { hostTaken, refuseBadRoute } from './refuse-route.ts'
import { routeFacts } from './route-facts.ts'
import { RouteForm } from './route-form.ts'
import { routeOrigin } from './route-origin.ts'

export interface RouteKindParts extends Omit<RouteSurroundings, 'groups' | 'connectors'> {
  /** `file`: for `routes.yaml` alone, which the console leaves alone. */
  source: 'console' | 'file'
  /** Whether there is such a file: without one, what once stood in it is changed with a tap like all others. */
  hasFile: boolean
  /** What the upstream is told of somebody. */
  tell: (
    db: Db<TableName>,
    route: { application: Application; host: string; settings: RouteSettings },
    person: Previewed,
  ) => Promise<readonly SentValue[]>
  /** What people hold on its host, and what is open there: gone with it. */
  endUse: (tx: Tx<TableName>, application: Application, at: number) => Promise<void>
}

const byFile = 'It stands in routes.yaml, on the machine. Change it there.'

/** Tools behind the proxy, among the other applications: made, changed, shown and ended as all of them. */
export function createRouteKind(parts: RouteKindParts): ApplicationKind<RouteForm> {
  const { tell, endUse, source, hasFile, ...surroundings } = parts
  const { origin } = surroundings.site
  const refuseOfFile = async (db: Db<'proxyRoute'>, application: Application): Promise<void> => {
    if (!hasFile || source === 'file' || (await getRow(db, application)).source === 'console') return
    throw conflict('kept-in-file', `${application.name} cannot be changed here.`, { help: byFile })
  }
  const check = (db: Db<TableName>, form: RouteForm, application: Application | null) =>
    refuseBadRoute(db, form, { ...surroundings, own: application?.id ?? null })

  return {
    kind: 'route',
    title: 'Behind the proxy',
    settingsSchema: RouteForm,

    async describe(db, form, application) {
      if (application !== null) await refuseOfFile(db, application)
      const { host, settings, warnings } = await check(db, form, application)
      return { rows: routeFacts(routeOrigin(origin, host), settings), warnings }
    },

    async create(tx, application, form, at) {
      const { host, settings } = await check(tx, form, application)
      const row = { applicationId: application.id, host, source, settings: JSON.stringify(settings), changedAt: at }
      await orHostTaken(host, tx.insertInto('proxyRoute').values(row).execute())
      return []
    },

    async change(tx, application, form, at) {
      await refuseOfFile(tx, application)
      const { host, settings } = await check(tx, form, application)
      const { host: former } = await getRow(tx, application)
      const row = { host, source, settings: JSON.stringify(settings), changedAt: at }
      const update = tx.updateTable('proxyRoute').set(row).where('applicationId', '=', application.id)
      await orHostTaken(host, update.execute())
      // What somebody holds there was given for another name.
      if (former !== host) await endUse(tx, application, at)
    },

    async view(db, application) {
      const { host, settings } = await getRow(db, application)
      return { host, ...(JSON.parse(settings) as RouteSettings) }
    },

    async values(db, application) {
      const jwks = { name: 'jwksUri', label: 'Keys that its assertion is signed by', value: `${origin}/proxy/jwks` }
      const issuer = { name: 'issuer', label: 'Issuer of the assertion', value: origin }
      if (application === null) return [issuer, jwks]
      const { host } = await getRow(db, application)
      const address = routeOrigin(origin, host)
      return [{ name: 'audience', label: 'Address, and audience of the assertion', value: address }, issuer, jwks]
    },

    async end(tx, application, at) {
      await endUse(tx, application, at)
      await tx.deleteFrom('proxyRoute').where('applicationId', '=', application.id).execute()
    },

    async preview(db, application, person) {
      const { host, settings } = await getRow(db, application)
      return tell(db, { application, host, settings: JSON.parse(settings) as RouteSettings }, person)
    },

    async launchUrls(db, applications) {
      const rows = await listRows(db, applications)
      return new Map(rows.map(({ applicationId, host }) => [applicationId, `${routeOrigin(origin, host)}/`]))
    },

    async keptElsewhere(db, applications) {
      if (!hasFile) return new Map()
      const rows = await listRows(db, applications)
      return new Map(
        rows.filter((row) => row.source === 'file').map(({ applicationId }) => [applicationId, byFile] as const),
      )
    },
  }
}

/** @throws 404 where it has ended since it was found */
async function getRow(db: Db<'proxyRoute'>, { id }: Application): Promise<ProxyRouteTable> {
  const row = await db.selectFrom('proxyRoute').selectAll().where('applicationId', '=', id).executeTakeFirst()
  if (row === undefined) throw notFound('This application')
  return row
}

async function listRows(db: Db<'proxyRoute'>, applications: readonly Application[]) {
  const ids = applications.map(({ id }) => id)
  return ids.length === 0 ? [] : db.selectFrom('proxyRoute').selectAll().where('applicationId', 'in', ids).execute()
}

/** Two may ask for one name at the same moment: the index knows who was first. */
async function orHostTaken(host: string, work: Promise<unknown>): Promise<void> {
  try {
    await orUniqueViolation(work)
  } catch (error) {
    throw error instanceof UniqueViolation ? hostTaken(host) : error
  }
}
