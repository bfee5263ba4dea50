import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { getPerson } from '../identity/caller.ts'
import { announce, type AnnouncementParts, takeDown } from './announce.ts'
import { listOwn, noteSeen } from './own.ts'
import { getAnnouncement, renderAnnouncement } from './records.ts'
import { reportAnnouncement } from './report.ts'
import { AnnouncementReport, AnnouncementView, NewAnnouncement } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })
const Items = Type.Object({ items: Type.Array(AnnouncementView) })

/**
 * `announcements/` owns what administrators tell a group, and who has seen it and done it. It asks nothing of anybody
 * itself: that is for guardrails.
 */
export function announcementRoutes(app: App, parts: AnnouncementParts): void {
  const { database, now } = parts
  const db = database.read

  app.post('/api/v1/groups/:name/announcements', {
    config: { access: 'organisation:admin' },
    schema: {
      params: Type.Object({ name: Type.String() }),
      body: NewAnnouncement,
      response: { 200: AnnouncementView },
    },
    async handler(request) {
      const row = await announce(parts, getPerson(request), { group: request.params.name, ...request.body })
      return renderAnnouncement(db, row, false)
    },
  })

  app.get('/api/v1/announcements', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Items } },
    async handler() {
      const rows = await db.selectFrom('announcement').selectAll().orderBy('createdAt', 'desc').limit(50).execute()
      return { items: await Promise.all(rows.map((row) => renderAnnouncement(db, row, false))) }
    },
  })

  app.get('/api/v1/announcements/:id', {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: AnnouncementReport } },
    handler: async (request) => reportAnnouncement(db, await getAnnouncement(db, request.params.id), now()),
  })

  app.post('/api/v1/announcements/:id/take-down', {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await takeDown(parts, getPerson(request), request.params.id)
      return reply.code(204).send(null)
    },
  })

  app.get('/api/v1/me/announcements', {
    config: { access: 'person' },
    schema: { response: { 200: Items } },
    handler: async (request) => ({ items: await listOwn(db, getPerson(request).id) }),
  })

  app.post('/api/v1/me/announcements/:id/seen', {
    config: { access: 'person' },
    schema: { params: ById, body: Type.Object({ putAway: Type.Boolean() }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id: userId } = getPerson(request)
      const { putAway: isPutAway } = request.body
      await noteSeen(database, { id: request.params.id, userId, isPutAway, at: now() })
      return reply.code(204).send(null)
    },
  })
}
