import type { Bus } from '../../bus/bus.ts'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { type CookieNames, readCookie } from '../../http/cookies.ts'
import { hashSecret } from '../../http/secret.ts'
import { type CutRouteSession, endRouteSessions } from './route-sessions.ts'

/**
 * A browser that gets another session here brings what it holds on the hosts of routes along: it hangs on that one from
 * then on, so that signing out ends all of it. Where somebody else has signed in, it ends: nobody could end it any more,
 * and the tools would go on with the person before.
 */
export function followBrowser(
  app: App,
  {
    database,
    bus,
    cookies,
    cut,
    now,
  }: {
    database: Database
    bus: Pick<Bus, 'nudge'>
    cookies: CookieNames
    cut: CutRouteSession
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
      await handOver(hashSecret(former), hashSecret(secret))
    return payload
  })

  async function handOver(formerHash: string, secretHash: string): Promise<void> {
    const rows = await database.read
      .selectFrom('session')
      .select(['id', 'userId', 'secretHash'])
      .where('secretHash', 'in', [formerHash, secretHash])
      .execute()
    const from = rows.find((row) => row.secretHash === formerHash)
    const to = rows.find((row) => row.secretHash === secretHash)
    if (from === undefined || to === undefined) return
    const held = await database.read
      .selectFrom('routeSession')
      .select('id')
      .where('sessionId', '=', from.id)
      .where('endedAt', 'is', null)
      .limit(1)
      .execute()
    if (held.length === 0) return
    await database.write(async (tx) => {
      if (from.userId !== to.userId) await endRouteSessions(tx, { sessionId: from.id }, { cut, at: now() })
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
