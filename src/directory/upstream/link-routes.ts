import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { conflict } from '../../http/problem.ts'
import { actOf } from '../../identity/act.ts'
import { bindBrowser } from '../../identity/browser-cookies.ts'
import { getPerson, type SessionCaller } from '../../identity/caller.ts'
import { depart } from './depart.ts'
import type { Flows } from './flows.ts'
import { getLink, link, listLinks, unlink } from './links.ts'
import type { Openid } from './openid.ts'
import { getProvider, listProviders, shown } from './providers.ts'
import { Departure, ExternalIdentityView, LinkOffer, ShownProvider } from './shapes.ts'

const root = '/api/v1/me/external-identities'
const Ticket = Type.String({ maxLength: 200 })
const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })

/** One's own accounts elsewhere. Joining one takes a sign-in there, to show it, and a tap here. */
export function linkRoutes(
  app: App,
  parts: { database: Database; openid: Openid; flows: Flows; cookies: CookieNames; now: () => number },
): void {
  const { database, flows, cookies, now } = parts

  const getOffer = async ({ id, by }: SessionCaller, ticket: string) => {
    const kept = await flows.look(ticket, 'shown', by.sessionHash)
    if (kept?.userId !== id) throw offerOver()
    return kept.offer
  }

  const linking: SensitiveAct = {
    name: 'identity.link',
    async describe(request) {
      const { provider, label, subject } = await getOffer(
        getPerson(request),
        (request.body as { ticket: string }).ticket,
      )
      return {
        title: `Sign in with ${provider.name} as yourself`,
        rows: [text('Place', provider.name), text('Your account there', label), text('Its number there', subject)],
        warnings: [
          `Whoever can sign in at ${provider.name} as ${label} can from then on begin to sign in here as you.`,
        ],
      }
    },
  }
  const unlinking: SensitiveAct = {
    name: 'identity.unlink',
    async describe(request) {
      const row = await getLink(database.read, getPerson(request).id, (request.params as { id: string }).id)
      return {
        title: `No longer sign in as ${row.label} from ${new URL(row.issuer).host}`,
        rows: [text('Account there', row.label), text('Issuer', row.issuer)],
        subjects: [actSubject('external-identity', row.id)],
      }
    },
  }

  app.get(root, {
    config: { access: 'person' },
    schema: {
      response: {
        200: Type.Object({ items: Type.Array(ExternalIdentityView), providers: Type.Array(ShownProvider) }),
      },
    },
    handler: async (request) => ({
      items: await listLinks(database.read, getPerson(request).id),
      providers: (await listProviders(database.read)).map(shown),
    }),
  })

  app.post(`${root}/begin`, {
    config: { access: 'person' },
    schema: { body: Type.Object({ provider: Type.String({ maxLength: 60 }) }), response: { 200: Departure } },
    async handler(request, reply) {
      const { id, by } = getPerson(request)
      return depart(parts, {
        provider: await getProvider(database.read, request.body.provider),
        purpose: { kind: 'link', userId: id, sessionId: by.sessionId },
        bindingHash: bindBrowser(request, reply, cookies),
      })
    },
  })

  app.get(`${root}/offers/:ticket`, {
    config: { access: 'person' },
    schema: { params: Type.Object({ ticket: Ticket }), response: { 200: LinkOffer } },
    handler: (request) => getOffer(getPerson(request), request.params.ticket),
  })

  app.post(root, {
    config: { access: 'person', act: linking },
    schema: { body: Type.Object({ ticket: Ticket }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id, by } = getPerson(request)
      const kept = await flows.take(request.body.ticket, 'shown', by.sessionHash)
      if (kept?.userId !== id) throw offerOver()
      await link(database, actOf(request, now), kept)
      return reply.code(204).send(null)
    },
  })

  app.delete(`${root}/:id`, {
    config: { access: 'person', act: unlinking },
    schema: { params: Type.Object({ id: Type.String({ maxLength: 60 }) }), response: { 204: Type.Null() } },
    async handler(request, reply) {
      await unlink(database, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })
}

const offerOver = () =>
  conflict('ceremony-over', 'This took too long, or was already done.', { help: 'Nothing is lost: start it again.' })
