import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { actOf } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { getSetting } from '../../identity/settings.ts'
import { getPlace } from '../../repositories/place.ts'
import { InRepository, repositoryRoot } from '../../repositories/routes/browse-shapes.ts'
import { addDeployKey } from './add-deploy-key.ts'
import { changeDeployKey } from './change-deploy-key.ts'
import { deployKeyActs } from './deploy-key-act.ts'
import { endDeployKey } from './end-deploy-keys.ts'
import { followDeployKey } from './follow-deploy-key.ts'
import { keepDeployKey } from './keep-deploy-key.ts'
import { getDeployKey, listDeployKeys, viewDeployKey } from './list-deploy-keys.ts'
import type { DeployKeyParts } from './parts.ts'
import { readPublicKey } from './read-public-key.ts'
import { DeployKeyChanges, DeployKeyList, DeployKeyView, NewDeployKey, NewSuccessor } from './shapes.ts'
import { signedDeployKeyRoutes } from './signed-routes.ts'

const ByKey = Type.Object({ ...InRepository, key: Type.String({ maxLength: 60 }) })

/** The deploy keys of a repository, for whoever administers it, and what their holders ask with the key itself. */
export function deployKeyRoutes(app: App, parts: DeployKeyParts): void {
  const { database, cut, now } = parts
  const root = `${repositoryRoot}/deploy-keys`
  const one = `${root}/:key`
  const access = 'repository:admin' as const
  const acts = deployKeyActs(parts)
  const rowOf = (request: FastifyRequest & { params: { key: string } }) =>
    getDeployKey(database.read, getPlace(request).repository.id, request.params.key, now())
  const view = (request: FastifyRequest, id: string) =>
    viewDeployKey(database.read, getPlace(request).repository.id, id, now())

  app.get(root, {
    config: { access },
    schema: { params: Type.Object(InRepository), response: { 200: DeployKeyList } },
    handler: async (request) => ({
      items: await listDeployKeys(database.read, getPlace(request).repository.id, now()),
      mostDays: await getSetting(database.read, 'deployKeyDays'),
    }),
  })

  app.post(root, {
    config: { access, act: acts.add },
    schema: { params: Type.Object(InRepository), body: NewDeployKey, response: { 201: DeployKeyView } },
    async handler(request, reply) {
      const id = await addDeployKey(parts, actOf(request, now), getPlace(request), request.body)
      return reply.code(201).send(await view(request, id))
    },
  })

  app.patch(one, {
    config: { access, act: acts.change },
    schema: { params: ByKey, body: DeployKeyChanges, response: { 200: DeployKeyView } },
    async handler(request) {
      await changeDeployKey(parts, actOf(request, now), await rowOf(request), request.body)
      return view(request, request.params.key)
    },
  })

  app.post(`${one}/successor`, {
    config: { access, act: acts.succeed },
    schema: { params: ByKey, body: NewSuccessor, response: { 201: DeployKeyView } },
    async handler(request, reply) {
      const { id } = await rowOf(request)
      const key = readPublicKey(request.body.publicKey)
      const { caller, takeSeal } = actOf(request, now)
      const successor = await database.write(async (tx) => {
        const at = now()
        const seal = await takeSeal(tx)
        const { overlapDays } = request.body
        const facts = { seal: seal.id }
        const actor = actorOf(caller, seal)
        return followDeployKey(tx, id, { key, overlapDays, byItself: false, actor, at, facts, cut })
      })
      return reply.code(201).send(await view(request, successor.id))
    },
  })

  app.post(`${one}/keep`, {
    config: { access, act: acts.keep },
    schema: { params: ByKey, body: Type.Object({}), response: { 200: DeployKeyView } },
    async handler(request) {
      await keepDeployKey(parts, actOf(request, now), await rowOf(request))
      return view(request, request.params.key)
    },
  })

  app.delete(one, {
    config: { access, act: acts.end },
    schema: { params: ByKey },
    async handler(request, reply) {
      await endDeployKey(parts, actOf(request, now), await rowOf(request))
      return reply.code(204).send()
    },
  })

  signedDeployKeyRoutes(app, parts)
}
