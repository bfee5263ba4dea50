import { enforceAccess } from '../http/access.ts'
import { isActName } from '../policy/acts.ts'
import { whereOf } from '../repositories/place.ts'
import { workForCallers } from '../repositories/stream-holder.ts'
import { createActGuard } from '../seals/act-guard.ts'
import type { Callers } from './callers.ts'
import type { Foundations } from './foundations.ts'
import { openFronts } from './fronts.ts'
import { createGuards } from './guards.ts'
import type { ProxyParts } from './proxy.ts'
import type { Storage } from './storage.ts'

export type WebParts = ReturnType<typeof openWeb>

/** What stands before every route: the hosts of tools, limits, and the access that each route declares. */
export function openWeb(
  base: Foundations,
  { authenticator, lfsCallers }: Callers,
  proxy: ProxyParts,
  { root }: Storage,
) {
  const { app, config, database, policy, ceremonies, connections, limits, meters, now } = base
  const { countFailure } = limits
  const fronts = openFronts({ ...proxy, config, database, policy, connections, countFailure, now, logger: app.log })
  base.opened.defer(() => fronts.close())
  meters.watchRoutes(fronts.door.figures)
  base.fronts.push(...fronts.fronts)

  const routes: { method: string; url: string; access: string; act: string }[] = []
  app.addHook('onRoute', ({ method, url, config: declared }) => {
    if (declared?.act !== undefined && !isActName(declared.act.name))
      throw new Error(
        `${String(method)} ${url} declares the act ${declared.act.name}, which policy/acts.ts does not list`,
      )
    for (const each of [method].flat())
      routes.push({ method: each, url, access: declared?.access ?? '', act: declared?.act?.name ?? '' })
  })
  app.decorateRequest('caller', undefined)
  app.decorateRequest('directory', undefined)
  app.decorateRequest('place', undefined)
  app.decorateRequest('sshBearer', undefined)
  app.decorateRequest('project', undefined)
  app.decorateRequest('takeSeal', () => Promise.reject(new Error('this route declares no act')))
  app.decorateRequest('hasSeal', false)
  app.decorateRequest('isSoAlready', false)
  enforceAccess(app, {
    ...createGuards({
      database,
      root,
      authenticator,
      lfsCallers,
      limits,
      metricsToken: config.metricsToken,
      now,
    }),
    act: createActGuard(ceremonies, whereOf),
  })
  workForCallers(app)
  return {
    /** Every route as it was declared. */
    routes,
    tunnels: fronts.tunnels,
    healthOf: fronts.door.healthOf,
  }
}
