import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { findTokenCaller } from '../../access-keys/api-tokens.ts'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { actOf } from '../../identity/act.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { getPlace } from '../../repositories/place.ts'
import { InRepository, repositoryRoot } from '../../repositories/routes/browse-shapes.ts'
import { changeTrust, createTrust, keepTrust } from './change-trusts.ts'
import { endTrust } from './end-trust.ts'
import type { TrustParts } from './trust-parts.ts'
import { checkChanges, checkTerms } from './check-terms.ts'
import { exchangePath, exchangeRoute } from './exchange-route.ts'
import { createIssuerKeys } from './issuer-keys.ts'
import { listRefusals } from './list-refusals.ts'
import { createRefusals } from './refusals.ts'
import { NewPipeline, PipelineChanges, PipelineList, PipelineView } from './shapes.ts'
import { trustActs } from './trust-acts.ts'
import { getTrust, listTrusts, renderTrusts } from './trusts.ts'

const ByPipeline = Type.Object({ ...InRepository, pipeline: Type.String({ maxLength: 60 }) })

export interface WorkloadParts {
  database: Database
  policy: PolicyInForce
  outbound: Outbound
  cut: TrustParts['cut']
  origin: string
  now: () => number
}

/**
 * `workloads/` owns which pipelines a repository trusts by what their own issuer says of them, and the short tokens they
 * get for it. It keeps no secret of theirs, and never believes a claim that the issuer did not sign.
 */
export function workloadRoutes(app: App, parts: WorkloadParts): void {
  const { database, origin, now } = parts
  const root = `${repositoryRoot}/pipelines`
  const one = `${root}/:pipeline`
  const access = 'repository:admin' as const
  const acts = trustActs({ database })
  const rowOf = (request: FastifyRequest & { params: { pipeline: string } }) =>
    getTrust(database.read, getPlace(request).repository.id, request.params.pipeline)
  const view = async (request: FastifyRequest, id: string): Promise<PipelineView> => {
    const row = await getTrust(database.read, getPlace(request).repository.id, id)
    const [rendered] = await renderTrusts(database.read, [row])
    if (rendered === undefined) throw new Error('one row renders as one')
    return rendered
  }
  exchangeRoute(app, {
    ...parts,
    issuerKeys: createIssuerKeys(parts),
    refusals: createRefusals(parts),
    findCaller: (shown) => findTokenCaller(parts, shown, now()),
  })

  app.get(root, {
    config: { access },
    schema: { params: Type.Object(InRepository), response: { 200: PipelineList } },
    async handler(request) {
      const { repository, path } = getPlace(request)
      return {
        items: await renderTrusts(database.read, await listTrusts(database.read, repository.id)),
        refusals: await listRefusals(database.read, repository.id, now()),
        exchangeUrl: `${origin}${exchangePath}`,
        resource: `${origin}/${path}`,
      }
    },
  })

  app.post(root, {
    config: { access, act: acts.create },
    schema: { params: Type.Object(InRepository), body: NewPipeline, response: { 201: PipelineView } },
    async handler(request, reply) {
      checkTerms(request.body)
      const id = await createTrust(parts, actOf(request, now), getPlace(request), request.body)
      return reply.code(201).send(await view(request, id))
    },
  })

  app.patch(one, {
    config: { access, act: acts.change },
    schema: { params: ByPipeline, body: PipelineChanges, response: { 200: PipelineView } },
    async handler(request) {
      const row = await rowOf(request)
      checkChanges(row, request.body)
      const { id } = row
      await changeTrust(parts, actOf(request, now), getPlace(request), id, request.body)
      return view(request, id)
    },
  })

  app.post(`${one}/keep`, {
    config: { access, act: acts.keep },
    schema: { params: ByPipeline, body: Type.Object({}), response: { 200: PipelineView } },
    async handler(request) {
      const { id } = await rowOf(request)
      await keepTrust(parts, actOf(request, now), getPlace(request), id)
      return view(request, id)
    },
  })

  app.delete(one, {
    config: { access, act: acts.end },
    schema: { params: ByPipeline },
    async handler(request, reply) {
      const { id } = await rowOf(request)
      await endTrust(parts, actOf(request, now), getPlace(request), id)
      return reply.code(204).send()
    },
  })
}
