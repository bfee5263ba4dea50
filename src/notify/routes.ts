import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { App } from '../http/app.ts'
import { invalid, notFound } from '../http/problem.ts'
import { getPerson, type SessionCaller } from '../identity/caller.ts'
import { type Outbound, OutboundError } from '../outbound/outbound.ts'
import { chooseLetters, wantsLetters } from './choices.ts'
import { NewPushSubscription, NotificationView } from './shapes.ts'
import { keepSubscription, listSubscriptions } from './subscriptions.ts'
import type { WebPush } from './web-push.ts'

export interface NotifyParts {
  database: Database
  webPush: WebPush
  outbound: Pick<Outbound, 'checkUrl'>
  isMailSetUp: boolean
  now: () => number
}

const worker = new URL('./push-worker.js', import.meta.url)

/** A person's own choice of how they are told. No tap: nothing but a hint depends on it. */
export function notifyRoutes(app: App, parts: NotifyParts): void {
  const { database, webPush, outbound, isMailSetUp, now } = parts

  const render = async ({ id }: SessionCaller): Promise<NotificationView> => ({
    letters: { isMailSetUp, isOn: await wantsLetters(database.read, id) },
    push: {
      publicKey: webPush.publicKey,
      browsers: (await listSubscriptions(database.read, id)).map((row) => ({
        id: row.id,
        userAgent: row.userAgent,
        createdAt: row.createdAt,
      })),
    },
  })

  app.get('/-/push-worker.js', {
    config: { access: 'public', isStatic: true },
    handler: async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .type('text/javascript; charset=utf-8')
        .send(await readFile(worker)),
  })

  app.get('/api/v1/me/notifications', {
    config: { access: 'person' },
    schema: { response: { 200: NotificationView } },
    handler: (request) => render(getPerson(request)),
  })

  app.put('/api/v1/me/notifications', {
    config: { access: 'person' },
    schema: {
      body: Type.Object({ letters: Type.Boolean() }, { additionalProperties: false }),
      response: { 200: NotificationView },
    },
    async handler(request) {
      const caller = getPerson(request)
      await database.write((tx) => chooseLetters(tx, { userId: caller.id, letters: request.body.letters, at: now() }))
      return render(caller)
    },
  })

  app.post('/api/v1/me/push-subscriptions', {
    config: { access: 'person' },
    schema: { body: NewPushSubscription, response: { 200: NotificationView } },
    async handler(request) {
      const caller = getPerson(request)
      const { endpoint, keys } = request.body
      const url = checkEndpoint(endpoint)
      await database.write((tx) =>
        keepSubscription(tx, {
          userId: caller.id,
          endpoint: url,
          keys,
          userAgent: request.headers['user-agent'] ?? '',
          at: now(),
        }),
      )
      return render(caller)
    },
  })

  app.delete('/api/v1/me/push-subscriptions/:id', {
    config: { access: 'person' },
    schema: { params: Type.Object({ id: Type.String() }), response: { 200: NotificationView } },
    async handler(request) {
      const caller = getPerson(request)
      const { numDeletedRows } = await database.write((tx) =>
        tx
          .deleteFrom('pushSubscription')
          .where('id', '=', request.params.id as Id<'psh'>)
          .where('userId', '=', caller.id)
          .executeTakeFirst(),
      )
      if (Number(numDeletedRows) !== 1) throw notFound('This browser')
      return render(caller)
    },
  })

  /** A browser says where it is told; the server goes there, so it must not lead inside the house. @throws 422 */
  function checkEndpoint(endpoint: string): string {
    try {
      return outbound.checkUrl(endpoint).href
    } catch (error) {
      if (error instanceof OutboundError) throw invalid('endpoint', error.message)
      throw error
    }
  }
}
