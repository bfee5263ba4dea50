import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import { newId } from '../../database/id.ts'
import type { App } from '../../http/app.ts'
import type { CookieNames } from '../../http/cookies.ts'
import { notFound } from '../../http/problem.ts'
import { actOf } from '../../identity/act.ts'
import { bindBrowser } from '../../identity/browser-cookies.ts'
import { getPerson } from '../../identity/caller.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { changeProvider, createProvider, removeProvider } from './change-providers.ts'
import { depart } from './depart.ts'
import type { Flows } from './flows.ts'
import type { Openid } from './openid.ts'
import { getIssuer, providerActs } from './provider-acts.ts'
import { getProvider, viewProviders } from './providers.ts'
import { Departure, NewProvider, ProviderChanges, ProviderList, ProviderView, TestResult } from './shapes.ts'

const root = '/api/v1/directory/providers'
const ById = Type.Object({ provider: Type.String({ maxLength: 60 }) })

/** Setting up other places to sign in: an owner's, each change with a tap; administrators look and try. */
export function providerRoutes(
  app: App,
  parts: {
    database: Database
    secrets: Secrets
    openid: Openid
    flows: Flows
    cookies: CookieNames
    now: () => number
  },
): void {
  const { database, openid, flows, cookies, now } = parts
  const acts = providerActs(database.read, openid)
  const view = async (id: string): Promise<ProviderView> => {
    const [found] = await viewProviders(database.read, openid, id)
    if (found === undefined) throw notFound('This place to sign in')
    return found
  }

  app.get(root, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: ProviderList } },
    handler: async () => ({ items: await viewProviders(database.read, openid), nextId: newId('idp') }),
  })

  app.post(root, {
    config: { access: 'organisation:owner', act: acts.add },
    schema: { body: NewProvider, response: { 201: ProviderView } },
    async handler(request, reply) {
      const issuer = await getIssuer(openid, request.body.issuer)
      const id = await createProvider(parts, actOf(request, now), { ...request.body, issuer })
      return reply.code(201).send(await view(id))
    },
  })

  app.get(`${root}/:provider`, {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: ProviderView } },
    handler: (request) => view(request.params.provider),
  })

  app.patch(`${root}/:provider`, {
    config: { access: 'organisation:owner', act: acts.change },
    schema: { params: ById, body: ProviderChanges, response: { 200: ProviderView } },
    async handler(request) {
      await changeProvider(parts, actOf(request, now), request.params.provider, request.body)
      return view(request.params.provider)
    },
  })

  app.delete(`${root}/:provider`, {
    config: { access: 'organisation:owner', act: acts.remove },
    schema: { params: ById },
    async handler(request, reply) {
      await removeProvider(parts, actOf(request, now), request.params.provider)
      return reply.code(204).send()
    },
  })

  app.post(`${root}/:provider/test`, {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: Departure } },
    async handler(request, reply) {
      const { id, by } = getPerson(request)
      return depart(parts, {
        provider: await getProvider(database.read, request.params.provider),
        purpose: { kind: 'test', userId: id, sessionId: by.sessionId },
        bindingHash: bindBrowser(request, reply, cookies),
      })
    },
  })

  app.get(`${root}/tests/:ticket`, {
    config: { access: 'organisation:admin' },
    schema: { params: Type.Object({ ticket: Type.String({ maxLength: 200 }) }), response: { 200: TestResult } },
    async handler(request) {
      const { id, by } = getPerson(request)
      const kept = await flows.look(request.params.ticket, 'tested', by.sessionHash)
      if (kept?.userId !== id) throw notFound('The result of this test, which is kept for five minutes,')
      return kept.result
    },
  })
}
