import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { ProblemError } from '../http/problem.ts'
import { type Caller, getCaller, getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { askPermission } from './ask-permission.ts'
import { listAgents } from './list-agents.ts'
import { getOwnPermission, readReceipt, renderPermission } from './read-permissions.ts'
import { AgentView, NewPermission, PermissionReceipt, PermissionView } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })

/**
 * `agents/` owns what programs ask people to allow, and the receipts they carry on. It carries nothing out: an agent
 * proposes, and what its receipt is worth is for whoever reads it to say.
 */
export function agentsRoutes(app: App, { ceremonies }: { ceremonies: Ceremonies }): void {
  const { database, now } = ceremonies

  app.get('/api/v1/agents', {
    config: { access: 'person' },
    schema: { response: { 200: Type.Object({ items: Type.Array(AgentView) }) } },
    handler: async (request) => ({ items: await listAgents(database.read, getPerson(request), now()) }),
  })

  app.post('/api/v1/permissions', {
    config: { access: 'user' },
    schema: { body: NewPermission, response: { 200: PermissionView } },
    async handler(request) {
      const row = await askPermission(ceremonies, asAgent(getCaller(request)), request.body)
      return renderPermission(database.read, row, now())
    },
  })

  app.get('/api/v1/permissions/:id', {
    config: { access: 'user' },
    schema: { params: ById, response: { 200: PermissionView } },
    async handler(request) {
      const row = await getOwnPermission(database.read, getCaller(request), request.params.id)
      return renderPermission(database.read, row, now())
    },
  })

  app.get('/api/v1/permissions/:id/receipt', {
    config: { access: 'user' },
    schema: { params: ById, response: { 200: PermissionReceipt } },
    async handler(request) {
      return readReceipt(database.read, await getOwnPermission(database.read, getCaller(request), request.params.id))
    },
  })
}

type AskingAgent = Caller & { by: { kind: 'token' } }

/** @throws 403 for people, who have keys of their own, and for tokens that were not made to ask */
function asAgent(caller: Caller): AskingAgent {
  if (caller.kind === 'agent' && caller.by.kind === 'token' && caller.by.scopes.includes('ask'))
    return caller as AskingAgent
  throw new ProblemError(
    403,
    'agent-required',
    'Only an agent asks people to allow something, with a token made for that.',
    {
      help: 'Make a token with the scope “ask” for an agent of yours.',
    },
  )
}
