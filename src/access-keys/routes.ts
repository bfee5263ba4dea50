import { type Static, Type } from 'typebox'
import type { Id } from '../database/id.ts'
import type { SensitiveAct } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { forbidden, invalid } from '../http/problem.ts'
import { actOf } from '../identity/act.ts'
import { getAgent } from '../identity/agents.ts'
import { getActor } from '../identity/actor.ts'
import { getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { createApiToken, endApiToken, getApiToken, listApiTokens, renderApiToken } from './api-tokens.ts'
import { giveUpToken } from './end-shown-token.ts'
import { rotationRoutes } from './rotation/routes.ts'
import { ApiTokenMade, ApiTokenView, NewApiToken, type TokenScope } from './shapes.ts'
import { scopesInWords, tokenRows } from './token-rows.ts'

const ById = Type.Object({ id: Type.String() })
const ByAgent = Type.Object({ username: Type.String() })
const ByAgentToken = Type.Object({ username: Type.String(), id: Type.String() })
const ShownToken = Type.Object({ token: Type.String({ maxLength: 200 }) }, { additionalProperties: false })

/**
 * `access-keys/` owns the secrets that programs come in with, and turns a request into its caller. It never decides
 * what a caller may do.
 */
export function accessKeyRoutes(
  app: App,
  parts: {
    ceremonies: Ceremonies
    /** `project/name` of those of the given repositories that the person can reach. */
    listReachablePaths: (userId: Id<'usr'>, repositoryIds: readonly string[]) => Promise<Map<string, string>>
  },
): void {
  const { ceremonies, listReachablePaths } = parts
  const { database, now } = ceremonies

  const create: SensitiveAct = {
    name: 'token.create',
    async describe(request) {
      const token = request.body as Static<typeof NewApiToken>
      const caller = getActor(request)
      if (caller.by.kind !== 'session' && token.scopes.includes('act'))
        throw forbidden('A token cannot make one that asks for taps.', 'Make it in the browser, under Account.')
      refuseAsking(token)
      const paths = await checkRepositories(caller.id, token)
      return {
        title: `Make the API token “${token.name}”`,
        rows: tokenRows(token, paths),
      }
    },
  }

  const createForAgent: SensitiveAct = {
    name: 'token.create',
    async describe(request) {
      const { username } = request.params as Static<typeof ByAgent>
      const agent = await getAgent(database.read, getActor(request), username)
      const token = request.body as Static<typeof NewApiToken>
      if (token.scopes.includes('act'))
        throw invalid(
          'scopes',
          'An agent has no key, so it cannot carry out what takes a tap: leave out the scope “act”.',
        )
      const paths = await checkRepositories(agent.id, token)
      return { title: `Make the API token “${token.name}” for the agent ${username}`, rows: tokenRows(token, paths) }
    },
  }

  const endOfAgent: SensitiveAct = {
    name: 'token.end',
    async describe(request) {
      const { username, id } = request.params as Static<typeof ByAgentToken>
      const agent = await getAgent(database.read, getActor(request), username)
      const { name } = await getApiToken(database.read, agent.id, id)
      return {
        title: `End the API token “${name}” of the agent ${username}`,
        rows: [{ label: 'Token', value: name, kind: 'text' }],
      }
    },
  }

  const end: SensitiveAct = {
    name: 'token.end',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const { name, scopes } = await getApiToken(database.read, getActor(request).id, id)
      return {
        title: `End the API token “${name}”`,
        rows: [
          { label: 'Token', value: name, kind: 'text' },
          {
            label: 'May until now',
            value: scopesInWords(JSON.parse(scopes) as TokenScope[]),
            kind: 'text',
          },
        ],
      }
    },
  }

  async function checkRepositories(userId: Id<'usr'>, token: NewApiToken): Promise<Map<string, string>> {
    const paths = await listReachablePaths(userId, token.repositoryIds ?? [])
    if (token.repositoryIds?.some((id) => !paths.has(id)) === true)
      throw invalid(
        'repositoryIds',
        'One of these repositories does not exist, or you may not see it: choose among those that you see.',
      )
    return paths
  }

  async function renderTokens(userId: Id<'usr'>): Promise<ApiTokenView[]> {
    const rows = await listApiTokens(database.read, userId)
    const ids = rows.flatMap((row) => (row.repositoryIds === null ? [] : (JSON.parse(row.repositoryIds) as string[])))
    const paths = await listReachablePaths(userId, ids)
    return rows.map((row) => renderApiToken(row, paths))
  }

  app.get('/api/v1/me/tokens', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(ApiTokenView) }) } },
    async handler(request) {
      return { items: await renderTokens(getPerson(request).id) }
    },
  })

  app.post('/api/v1/me/tokens', {
    config: { access: 'person', act: create },
    schema: { body: NewApiToken, response: { 200: ApiTokenMade } },
    async handler(request) {
      const paths = await checkRepositories(getActor(request).id, request.body)
      const { row, secret } = await createApiToken(database, actOf(request, now), request.body)
      return { token: renderApiToken(row, paths), secret }
    },
  })

  app.post('/api/v1/agents/:username/tokens', {
    config: { access: 'person', act: createForAgent },
    schema: { params: ByAgent, body: NewApiToken, response: { 200: ApiTokenMade } },
    async handler(request) {
      const agent = await getAgent(database.read, getActor(request), request.params.username)
      const paths = await checkRepositories(agent.id, request.body)
      const { row, secret } = await createApiToken(database, actOf(request, now), request.body, agent)
      return { token: renderApiToken(row, paths), secret }
    },
  })

  app.get('/api/v1/agents/:username/tokens', {
    config: { access: 'person' },
    schema: { params: ByAgent, response: { 200: Type.Object({ items: Type.Array(ApiTokenView) }) } },
    async handler(request) {
      const agent = await getAgent(database.read, getPerson(request), request.params.username)
      return { items: await renderTokens(agent.id) }
    },
  })

  app.delete('/api/v1/agents/:username/tokens/:id', {
    config: { access: 'person', act: endOfAgent },
    schema: { params: ByAgentToken, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const agent = await getAgent(database.read, getActor(request), request.params.username)
      await endApiToken(database, actOf(request, now), request.params.id, agent.id)
      return reply.code(204).send(null)
    },
  })

  app.delete('/api/v1/me/tokens/:id', {
    config: { access: 'person', act: end },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await endApiToken(database, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })

  // The same answer for what is known, was, or never will be: whoever finds one needs no account, and learns nothing.
  app.post('/api/v1/tokens/revoke', {
    config: { access: 'signed' },
    schema: { body: ShownToken, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await giveUpToken(database, request.body.token, now())
      return reply.code(204).send(null)
    },
  })

  rotationRoutes(app, parts)
}

/** A person has a key of their own, and tokens of theirs ask for its tap by carrying an act out. @throws 422 */
function refuseAsking({ scopes }: NewApiToken): void {
  if (scopes.includes('ask'))
    throw invalid('scopes', 'Only an agent asks people to allow something: leave out the scope “ask”.')
}
