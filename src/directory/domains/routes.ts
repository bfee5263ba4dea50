import { type Static, Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { actOf } from '../../identity/act.ts'
import { actorOf, getCaller, getPerson } from '../../identity/caller.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { AddressParts } from '../../identity/profile/verify-address.ts'
import { acceptClaim, objectToClaim } from './answer-claim.ts'
import { addDomain, removeDomain } from './change-domains.ts'
import { checkDomain, type CheckParts } from './check-domain.ts'
import { claimAccounts } from './claim-accounts.ts'
import { decideClaim } from './decide-claim.ts'
import { domainActs } from './domain-acts.ts'
import { listAccounts } from './list-accounts.ts'
import { listDomains, viewDomain } from './list-domains.ts'
import { listOwnClaims, viewOwnClaim } from './own-claims.ts'
import {
  ClaimsMade,
  Decision,
  DomainAccount,
  DomainList,
  DomainView,
  NewClaims,
  NewDomain,
  OwnClaim,
  Way,
} from './shapes.ts'

const ById = Type.Object({ id: Type.String({ maxLength: 60 }) })
const ByClaim = Type.Object({ id: Type.String({ maxLength: 60 }), claim: Type.String({ maxLength: 60 }) })
const Accounts = Type.Object({
  ...CursorQuery,
  show: Type.Optional(Type.Union([Type.Literal('unmanaged'), Type.Literal('all')])),
})
const root = '/api/v1/directory/domains'
const own = '/api/v1/me/claims'

export type DomainParts = CheckParts & AddressParts & { database: Database; endAccess: EndAccess }

/** The organisation's domains, the accounts at them, and what their people say to being managed. */
export function domainRoutes(app: App, parts: DomainParts): void {
  const { database, now } = parts
  const acts = domainActs(database.read)

  app.get(root, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: DomainList } },
    handler: () => listDomains(database.read),
  })

  app.post(root, {
    config: { access: 'organisation:owner', act: acts.add },
    schema: { body: NewDomain, response: { 201: DomainView } },
    async handler(request, reply) {
      const id = await addDomain(database, actOf(request, now), request.body.name)
      return reply.code(201).send(await viewDomain(database.read, id))
    },
  })

  app.get(`${root}/:id`, {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: DomainView } },
    handler: (request) => viewDomain(database.read, request.params.id),
  })

  app.delete(`${root}/:id`, {
    config: { access: 'organisation:owner', act: acts.remove },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await removeDomain(database, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })

  app.post(`${root}/:id/check`, {
    config: { access: 'organisation:admin' },
    schema: {
      params: ById,
      body: Type.Object({ way: Way }, { additionalProperties: false }),
      response: { 200: DomainView },
    },
    async handler(request) {
      const { id } = request.params
      await checkDomain(parts, id, { way: request.body.way, actor: actorOf(getCaller(request)) })
      return viewDomain(database.read, id)
    },
  })

  app.get(`${root}/:id/accounts`, {
    config: { access: 'organisation:admin' },
    schema: { params: ById, querystring: Accounts, response: { 200: Page(DomainAccount) } },
    handler(request) {
      const { cursor, show } = request.query
      return listAccounts(database.read, { id: request.params.id, cursor, isUnmanaged: show === 'unmanaged' })
    },
  })

  app.post(`${root}/:id/claims`, {
    config: { access: 'organisation:owner', act: acts.claim },
    schema: { params: ById, body: NewClaims, response: { 200: ClaimsMade } },
    handler: (request) =>
      claimAccounts(parts, actOf(request, now), { id: request.params.id, usernames: request.body.usernames }),
  })

  app.post(`${root}/:id/claims/:claim/decision`, {
    config: { access: 'organisation:admin', act: acts.decide },
    schema: { params: ByClaim, body: Decision, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id: domainId, claim: claimId } = request.params
      await decideClaim(parts, actOf(request, now), { domainId, claimId, decision: request.body.decision })
      return reply.code(204).send(null)
    },
  })

  app.get(own, {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(OwnClaim) }) } },
    handler: async (request) => ({ items: await listOwnClaims(database.read, getPerson(request).id) }),
  })

  const answer =
    (carryOut: typeof acceptClaim) =>
    async (request: Parameters<typeof getPerson>[0] & { params: Static<typeof ById> }) => {
      const caller = getPerson(request)
      await carryOut(parts, caller, request.params.id)
      return viewOwnClaim(database.read, caller.id, request.params.id)
    }
  const answered = { params: ById, response: { 200: OwnClaim } }
  app.post(`${own}/:id/accept`, { config: { access: 'person' }, schema: answered, handler: answer(acceptClaim) })
  app.post(`${own}/:id/object`, { config: { access: 'person' }, schema: answered, handler: answer(objectToClaim) })
}
