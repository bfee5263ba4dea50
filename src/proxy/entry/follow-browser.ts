import type { Bus } from '../../bus/bus.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { App } from '../../http/app.ts'
import { type CookieNames, readCookie } from '../../http/cookies.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Caller } from '../../identity/caller.ts'
import { type CutRouteSession, endRouteSessions } from './route-sessions.ts'

/** What else hangs on the session of a browser; `to` is null where nobody goes on with it. */
export type FollowSession = (
  tx: Tx<TableName>,
  moved: { from: Id<'ses'>; to: { id: Id<'ses'>; expiresAt: number } | null; at: number },
) => Promise<void>

/**
 * A browser that gets another session here brings what it holds on the hosts of routes along, and what it is signed on
 * to: it hangs on that one from then on, so that signing out ends all of it. Where somebody else has signed in, or the
 * session before was over, it ends: nobody could end it any more, and the tools would go on with the person before.
 */
export function followBrowser(
  app: App,
  {
    database,
    bus,
    cookies,
    cut,
    followSession,
    now,
  }: {
    database: Database
    bus: Pick<Bus, 'nudge'>
    cookies: CookieNames
    cut: CutRouteSession
    followSession: FollowSession
    now: () => number
  },
): void {
  const prefix = `${cookies.session}=`
  app.addHook('onSend', async (request, reply, payload) => {
    const lines = reply.getHeader('set-cookie')
    if (lines === undefined) return payload
    const given = [lines].flat().map(String)
    const secret = given
      .find((line) => line.startsWith(prefix))
      ?.slice(prefix.length)
      .split(';')[0]
    const former = readCookie(request.headers.cookie, cookies.session)
    if (secret !== undefined && secret !== '' && former !== undefined && former !== secret)
      await handOver(hashSecret(former), hashSecret(secret), request.caller)
    return payload
  })

  async function handOver(formerHash: string, secretHash: string, caller: Caller | undefined): Promise<void> {
    const rows = await database.read
      .selectFrom('session')
      .select(['id', 'userId', 'secretHash', 'expiresAt'])
      .where('secretHash', 'in', [formerHash, secretHash])
      .execute()
    const from = rows.find((row) => row.secretHash === formerHash)
    const to = rows.find((row) => row.secretHash === secretHash)
    if (from === undefined || to === undefined) return
    // What has ended is not revived by whoever comes after.
    const isLive = caller?.by.kind === 'session' && caller.by.sessionId === from.id
    const goesOn = isLive && from.userId === to.userId
    await database.write(async (tx) => {
      const at = now()
      await followSession(tx, { from: from.id, to: goesOn ? to : null, at })
      // Codes under way would become the session that they were made for.
      await tx.deleteFrom('routeCode').where('sessionId', '=', from.id).execute()
      if (!goesOn) await endRouteSessions(tx, { sessionId: from.id }, { cut, at })
      else
        await tx
          .updateTable('routeSession')
          .set({ sessionId: to.id })
          .where('sessionId', '=', from.id)
          .where('endedAt', 'is', null)
          .execute()
    })
    // Before the browser hears of its new session: the next thing it asks a tool is asked by who is there now.
    await bus.nudge()
  }
}
