import { type Static, Type } from 'typebox'
import { Nullable, Page, PersonRef, Time } from '../http/shapes.ts'

const Events = Type.Array(Type.String({ maxLength: 60 }), {
  maxItems: 200,
  description: 'a list of events, or `["*"]` for all there are and will be',
})
const Url = Type.String({ minLength: 1, maxLength: 2_000, description: 'an address of at most 2000 characters' })

export const NewWebhook = Type.Object({ url: Url, events: Events }, { additionalProperties: false })
export type NewWebhook = Static<typeof NewWebhook>

export const WebhookChanges = Type.Object(
  { url: Type.Optional(Url), events: Type.Optional(Events), isActive: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1, description: 'at least one of url, events, isActive' },
)
export type WebhookChanges = Static<typeof WebhookChanges>

export const WebhookView = Type.Object({
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  isActive: Type.Boolean(),
  createdAt: Time,
  createdBy: Nullable(PersonRef),
  /** Who looks after it. */
  steward: Nullable(PersonRef),
  /** Their access has ended: by then somebody must keep it, or it is switched off. Null: nothing to do. */
  keepBy: Nullable(Time),
  /** How the last attempt went; no error where it arrived. Null: none yet. */
  last: Nullable(Type.Object({ at: Time, status: Nullable(Type.Integer()), error: Nullable(Type.String()) })),
  /** Since when there was nothing but failures. */
  failingSince: Nullable(Time),
  /** Why it was switched off by itself. */
  offReason: Nullable(Type.String()),
  /** Deliveries that wait for their first or next attempt. */
  waiting: Type.Integer(),
  /** Until when the secret before the present one signs as well. */
  formerSecretUntil: Nullable(Time),
})
export type WebhookView = Static<typeof WebhookView>

export const EventGroup = Type.Object({
  title: Type.String(),
  words: Type.String(),
  events: Type.Array(Type.String()),
})

export type EventGroup = Static<typeof EventGroup>

export const WebhookList = Type.Object({ items: Type.Array(WebhookView), groups: Type.Array(EventGroup) })
export type WebhookList = Static<typeof WebhookList>

/** The only answer that ever holds a secret. */
export const WebhookMade = Type.Object({ webhook: WebhookView, secret: Type.String() })
export type WebhookMade = Static<typeof WebhookMade>

const delivery = {
  id: Type.String(),
  /** An action, or `ping`. */
  type: Type.String(),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('failed')]),
  createdAt: Time,
  attempts: Type.Integer(),
  /** Of the last attempt. */
  status: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
  /** Where it waits: when it is tried next, at the earliest. */
  nextAt: Nullable(Time),
}
export const DeliverySummary = Type.Object(delivery)
export type DeliverySummary = Static<typeof DeliverySummary>
export const DeliveryPage = Page(DeliverySummary)

const Headers = Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))

export const AttemptView = Type.Object({
  number: Type.Integer(),
  startedAt: Time,
  durationMs: Type.Integer(),
  url: Type.String(),
  requestHeaders: Headers,
  /** Null: there was no answer. */
  status: Nullable(Type.Integer()),
  responseHeaders: Headers,
  /** At most the first 16 KB. */
  responseBody: Type.String(),
  isCut: Type.Boolean(),
  error: Nullable(Type.String()),
})
export type AttemptView = Static<typeof AttemptView>

export const DeliveryView = Type.Object({
  ...delivery,
  /** Exact bytes that every attempt sends. */
  body: Type.String(),
  /** Newest first. */
  history: Type.Array(AttemptView),
})
export type DeliveryView = Static<typeof DeliveryView>
