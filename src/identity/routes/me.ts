import { Type } from 'typebox'
import { recordEvent } from '../../audit/record.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { actorOf, getCaller, getEnrolling, getPerson } from '../caller.ts'
import { listCredentialRecords } from '../credential-records.ts'
import type { Ceremonies } from '../registration.ts'
import { countRecoveryCodes } from '../recovery/recovery-codes.ts'
import { endSessions, listSessions } from '../sessions.ts'
import { Me, SessionView } from '../shapes.ts'
import { findUserById } from '../users.ts'
import { renderSession } from '../views.ts'

/**
 * The signed-in person themselves, and their sessions. Ending one's own sessions takes no tap: who has lost a laptop
 * must be quick, and the worst that somebody else could do with it is to sign them out.
 */
export function meRoutes(app: App, { ceremonies }: { ceremonies: Ceremonies }): void {
  const { database, now } = ceremonies

  app.get('/api/v1/me', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Me } },
    async handler(request) {
      const caller = getEnrolling(request)
      const user = await findUserById(database.read, caller.id)
      const [session] = await listSessions(ceremonies, caller, now())
      if (user === undefined || session?.id !== caller.by.sessionId) throw notFound('This session')
      const demo = await database.read.selectFrom('project').select('id').where('isDemo', '=', 1).limit(1).execute()
      return {
        id: user.id,
        username: user.username,
        displayName: user.displayName,
        email: user.email,
        role: user.role,
        session: renderSession(session, caller.by.sessionId),
        credentialCount: (await listCredentialRecords(database.read, caller.id)).length,
        recoveryCodesLeft: (await countRecoveryCodes(database.read, caller.id)).left,
        isDemoPresent: demo.length > 0,
      }
    },
  })

  app.get('/api/v1/me/sessions', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(SessionView) }) } },
    async handler(request) {
      const caller = getPerson(request)
      const rows = await listSessions(ceremonies, caller, now())
      return { items: rows.map((row) => renderSession(row, caller.by.sessionId)) }
    },
  })

  app.delete('/api/v1/me/sessions/:id', {
    config: { access: 'person' },
    schema: { params: Type.Object({ id: Type.String() }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getPerson(request)
      await database.write(async (tx) => {
        const at = now()
        if ((await endSessions(tx, caller.id, { id: request.params.id }, at)) === 0) throw notFound('This session')
        const target = { kind: 'session', id: request.params.id }
        await recordEvent(tx, { action: 'session.ended', actor: actorOf(caller), target, at })
      })
      return reply.code(204).send(null)
    },
  })

  app.delete('/api/v1/me/sessions', {
    config: { access: 'person' },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getPerson(request)
      await database.write(async (tx) => {
        const at = now()
        const count = await endSessions(tx, caller.id, { except: caller.by.sessionId }, at)
        const target = { kind: 'user', id: caller.id }
        await recordEvent(tx, {
          action: 'session.ended-other',
          actor: actorOf(getCaller(request)),
          target,
          facts: { count },
          at,
        })
      })
      return reply.code(204).send(null)
    },
  })
}
