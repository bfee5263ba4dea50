import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OpenTools } from './shapes.ts'

/** Which tools somebody has open behind the proxy, by the session that each hangs on. */
export async function listOpenTools(
  db: Db<'routeSession' | 'session' | 'application'>,
  userId: Id<'usr'>,
): Promise<OpenTools['items']> {
  const rows = await db
    .selectFrom('routeSession')
    .innerJoin('session', 'session.id', 'routeSession.sessionId')
    .innerJoin('application', 'application.id', 'routeSession.applicationId')
    .select(['routeSession.sessionId', 'application.name'])
    .distinct()
    .where('session.userId', '=', userId)
    .where('session.endedAt', 'is', null)
    .where('routeSession.endedAt', 'is', null)
    .where('application.endedAt', 'is', null)
    .orderBy('application.name')
    .execute()
  const tools = new Map<string, string[]>()
  for (const { sessionId, name } of rows) tools.set(sessionId, [...(tools.get(sessionId) ?? []), name])
  return [...tools].map(([sessionId, names]) => ({ sessionId, tools: names }))
}
