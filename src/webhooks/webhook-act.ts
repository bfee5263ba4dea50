import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import type { FactRow, SensitiveAct } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { getPlace } from '../repositories/place.ts'
import { checkTarget } from './check-target.ts'
import { checkEvents } from './event-groups.ts'
import { getWebhook } from './list-webhooks.ts'
import type { NewWebhook, WebhookChanges } from './shapes.ts'

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const eventsRow = (events: readonly string[]): FactRow =>
  text('Told of', events.includes('*') ? 'everything, also what will come' : events.join(', '))

/** What a person is shown before they tap for one of the changes of a webhook; what is not valid is refused before. */
export function act({ database, outbound }: { database: Database; outbound: Outbound }) {
  const lookAt = async (request: FastifyRequest) => {
    const { repository, path } = getPlace(request)
    const { webhook: id } = request.params as { webhook: string }
    const row = await getWebhook(database.read, repository.id, id)
    return { path, row, host: new URL(row.url).host, subjects: [actSubject('webhook', row.id)] }
  }
  const name = 'webhook.change'

  const create: SensitiveAct = {
    name,
    async describe(request) {
      const { repository, path } = getPlace(request)
      const body = request.body as NewWebhook
      const events = checkEvents(body.events)
      const url = await checkTarget(outbound, body.url)
      return {
        title: `Tell ${url.host} what happens in ${path}`,
        rows: [text('Repository', path), text('Sent to', url.href), eventsRow(events)],
        subjects: [actSubject('repository', repository.id)],
      }
    },
  }
  const change: SensitiveAct = {
    name,
    async describe(request) {
      const { path, row, host, subjects } = await lookAt(request)
      const { url, events, isActive } = request.body as WebhookChanges
      const rows = [text('Repository', path)]
      if (url !== undefined) rows.push(text('Sent to', (await checkTarget(outbound, url)).href))
      else rows.push(text('Sent to', row.url))
      if (events !== undefined) rows.push(eventsRow(checkEvents(events)))
      if (isActive !== undefined) rows.push(text('Switched on', isActive ? 'yes' : 'no'))
      return { title: `Change the webhook of ${path} to ${host}`, rows, subjects }
    },
  }
  const simple = (titleOf: (path: string, host: string) => string): SensitiveAct => ({
    name,
    async describe(request) {
      const { path, row, host, subjects } = await lookAt(request)
      return { title: titleOf(path, host), rows: [text('Repository', path), text('Sent to', row.url)], subjects }
    },
  })
  return {
    create,
    change,
    secret: simple((path, host) => `Give the webhook of ${path} to ${host} a new secret`),
    keep: simple((path, host) => `Keep the webhook of ${path} to ${host}`),
    remove: simple((path, host) => `Delete the webhook of ${path} to ${host}`),
  }
}
