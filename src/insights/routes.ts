import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { createFigures, type FigureParts } from './figures.ts'
import { listPeopleWithoutPasskey } from './people-keys.ts'
import { Insights, PeopleWithoutPasskey } from './shapes.ts'

const Days = Type.String({ pattern: '^([1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5])$', description: '1–365 days' })

/** `insights/` reads the ledger and the tables and turns them into figures. It writes nothing. */
export function insightRoutes(app: App, parts: FigureParts): void {
  const figures = createFigures(parts)

  app.get('/api/v1/insights', {
    config: { access: 'organisation:admin' },
    schema: { querystring: Type.Object({ days: Type.Optional(Days) }), response: { 200: Insights } },
    handler: ({ query: { days = '30' } }) => figures(Number(days)),
  })

  app.get('/api/v1/insights/people-without-passkey', {
    config: { access: 'organisation:admin' },
    schema: { querystring: Type.Object(CursorQuery), response: { 200: PeopleWithoutPasskey } },
    handler: ({ query: { cursor } }) => listPeopleWithoutPasskey(parts.db, { rpId: parts.rpId, cursor }),
  })
}
