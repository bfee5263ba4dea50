import { Type } from 'typebox'
import { getApplication } from '../../applications/views.ts'
import type { Db } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import type { RouteHealth } from '../door/health.ts'
import type { LoadedRoutes } from './load-routes.ts'
import { routeOrigin } from './route-origin.ts'
import { RouteStateView } from './shapes.ts'

/** Whether the tool behind a route answers, for administrators. */
export function routeStateRoute(
  app: App,
  parts: {
    db: Db<TableName>
    routes: Pick<LoadedRoutes, 'list' | 'closed'>
    origin: string
    healthOf: (applicationId: string) => RouteHealth
  },
): void {
  const { db, routes, origin, healthOf } = parts
  app.get('/api/v1/applications/:slug/route', {
    config: { access: 'organisation:admin' },
    schema: { params: Type.Object({ slug: Type.String({ maxLength: 60 }) }), response: { 200: RouteStateView } },
    async handler(request) {
      const { id } = await getApplication(db, request.params.slug)
      const closed = routes.closed().find(({ application }) => application.id === id)
      if (closed !== undefined) {
        const { host, problem } = closed
        return { address: routeOrigin(origin, host), state: 'down' as const, at: null, since: null, problem }
      }
      const route = routes.list().find(({ application }) => application.id === id)
      if (route === undefined) throw notFound('This route')
      return { address: routeOrigin(origin, route.host), ...healthOf(id) }
    },
  })
}
