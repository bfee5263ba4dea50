import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../database/handles.ts'
import { act } from './webhook-act.ts'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { actOf } from '../identity/act.ts'
import { getPerson } from '../identity/caller.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { getPlace } from '../repositories/place.ts'
import { InRepository, repositoryRoot } from '../repositories/routes/browse-shapes.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { changeWebhook, changeWebhookSecret, createWebhook, deleteWebhook } from './change-webhooks.ts'
import { checkTarget } from './check-target.ts'
import { listDeliveries, ping, replayDelivery, viewDelivery } from './deliveries.ts'
import { checkEvents, eventGroups } from './event-groups.ts'
import { keepWebhook } from './keep-webhook.ts'
import { getWebhook, listWebhooks, viewWebhook } from './list-webhooks.ts'
import {
  DeliveryPage,
  DeliveryView,
  NewWebhook,
  WebhookChanges,
  WebhookList,
  WebhookMade,
  WebhookView,
} from './shapes.ts'

const ByWebhook = Type.Object({ ...InRepository, webhook: Type.String({ maxLength: 60 }) })
const ByDelivery = Type.Object({ ...ByWebhook.properties, delivery: Type.String({ maxLength: 60 }) })

/**
 * `webhooks/` owns the addresses that are told what happens in a repository, and the telling. It never decides what
 * happens, and believes no answer: what comes back is shown, nothing more.
 */
export function webhookRoutes(
  app: App,
  parts: { database: Database; outbound: Outbound; secrets: Secrets; origin: string; now: () => number },
): void {
  const { database, outbound, now, origin } = parts
  const root = `${repositoryRoot}/webhooks`
  const one = `${root}/:webhook`
  const access = 'repository:admin' as const
  const rowOf = (request: FastifyRequest & { params: { webhook: string } }) =>
    getWebhook(database.read, getPlace(request).repository.id, request.params.webhook)
  const view = (request: FastifyRequest, id: string) => viewWebhook(database.read, getPlace(request).repository.id, id)
  const acts = act({ database, outbound })

  app.get(root, {
    config: { access },
    schema: { params: Type.Object(InRepository), response: { 200: WebhookList } },
    async handler(request) {
      return { items: await listWebhooks(database.read, getPlace(request).repository.id), groups: eventGroups }
    },
  })

  app.post(root, {
    config: { access, act: acts.create },
    schema: { params: Type.Object(InRepository), body: NewWebhook, response: { 201: WebhookMade } },
    async handler(request, reply) {
      const url = await checkTarget(outbound, request.body.url)
      const events = checkEvents(request.body.events)
      const { id, secret } = await createWebhook(parts, actOf(request, now), getPlace(request), { url, events })
      return reply.code(201).send({ webhook: await view(request, id), secret })
    },
  })

  app.get(one, {
    config: { access },
    schema: { params: ByWebhook, response: { 200: WebhookView } },
    handler: (request) => view(request, request.params.webhook),
  })

  app.patch(one, {
    config: { access, act: acts.change },
    schema: { params: ByWebhook, body: WebhookChanges, response: { 200: WebhookView } },
    async handler(request) {
      const { url, events, isActive } = request.body
      await changeWebhook(parts, actOf(request, now), getPlace(request), await rowOf(request), {
        url: url === undefined ? undefined : await checkTarget(outbound, url),
        events: events && checkEvents(events),
        isActive,
      })
      return view(request, request.params.webhook)
    },
  })

  app.delete(one, {
    config: { access, act: acts.remove },
    schema: { params: ByWebhook },
    async handler(request, reply) {
      await deleteWebhook(parts, actOf(request, now), getPlace(request), await rowOf(request))
      return reply.code(204).send()
    },
  })

  app.post(`${one}/keep`, {
    config: { access, act: acts.keep },
    schema: { params: ByWebhook, body: Type.Object({}), response: { 200: WebhookView } },
    async handler(request) {
      await keepWebhook(parts, actOf(request, now), getPlace(request), await rowOf(request))
      return view(request, request.params.webhook)
    },
  })

  app.post(`${one}/secret`, {
    config: { access, act: acts.secret },
    schema: { params: ByWebhook, response: { 200: WebhookMade } },
    async handler(request) {
      const secret = await changeWebhookSecret(parts, actOf(request, now), getPlace(request), await rowOf(request))
      return { webhook: await view(request, request.params.webhook), secret }
    },
  })

  app.post(`${one}/ping`, {
    config: { access },
    schema: { params: ByWebhook, response: { 200: DeliveryView } },
    async handler(request) {
      const { repository, path } = getPlace(request)
      const { id, username, kind } = getPerson(request)
      const row = await rowOf(request)
      const about = { repository: { id: repository.id, path, url: `${origin}/${path}` }, actor: { id, username, kind } }
      return viewDelivery(database.read, row.id, await ping(database, row, about, now()))
    },
  })

  app.get(`${one}/deliveries`, {
    config: { access },
    schema: { params: ByWebhook, querystring: Type.Object(CursorQuery), response: { 200: DeliveryPage } },
    handler: async (request) => listDeliveries(database.read, (await rowOf(request)).id, request.query.cursor),
  })

  app.get(`${one}/deliveries/:delivery`, {
    config: { access },
    schema: { params: ByDelivery, response: { 200: DeliveryView } },
    handler: async (request) => viewDelivery(database.read, (await rowOf(request)).id, request.params.delivery),
  })

  app.post(`${one}/deliveries/:delivery/replay`, {
    config: { access },
    schema: { params: ByDelivery, response: { 200: DeliveryView } },
    async handler(request) {
      const row = await rowOf(request)
      await replayDelivery(database, row, request.params.delivery, now())
      return viewDelivery(database.read, row.id, request.params.delivery)
    },
  })
}
