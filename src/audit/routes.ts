import { Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import type { Id } from '../database/id.ts'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { Page } from '../http/shapes.ts'
import { type ExportParts, exportRoute } from './export-route.ts'
import { listEvents } from './list.ts'
import { AuditEventView } from './shapes.ts'

const Filter = Type.Object({
  ...CursorQuery,
  event: Type.Optional(Type.String()),
  actor: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  /** `project/name` */
  repository: Type.Optional(Type.String()),
  method: Type.Optional(Type.String()),
  strength: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.String()),
  from: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  to: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
})

export function auditRoutes(
  app: App,
  parts: ExportParts & {
    /** Refuses callers who may not read the events of that repository, or of everything where none is named. */
    scopeOf: (request: FastifyRequest, repository: string | undefined) => Promise<Id<'rep'> | undefined>
  },
): void {
  app.get('/api/v1/audit', {
    config: { access: 'person' },
    schema: { querystring: Filter, response: { 200: Page(AuditEventView) } },
    async handler(request) {
      const { repository, from, to, ...rest } = request.query
      return listEvents(parts.database.read, {
        ...rest,
        repositoryId: await parts.scopeOf(request, repository),
        from: from === undefined ? undefined : Number(from),
        to: to === undefined ? undefined : Number(to),
      })
    },
  })
  exportRoute(app, parts)
}
