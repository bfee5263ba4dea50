import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { PersonRef } from '../../http/shapes.ts'
import { actOf } from '../act.ts'
import { addAgent, getAgent } from '../agents.ts'
import { changeOwner, checkNotEnded, getNextOwner } from '../agent-owner.ts'
import type { Ceremonies } from '../registration.ts'
import { DisplayName, Username } from '../shapes.ts'

const ByName = Type.Object({ username: Type.String() })
const NextOwner = Type.Object({ owner: Username }, { additionalProperties: false })
const NewAgent = Type.Object({ username: Username, displayName: DisplayName }, { additionalProperties: false })

/** Identities for programs. Their tokens are made in `access-keys/`. */
export function agentRoutes(app: App, { ceremonies: { database, now } }: { ceremonies: Ceremonies }): void {
  const add: SensitiveAct = {
    name: 'agent.add',
    async describe(request) {
      const { username, displayName } = request.body as Static<typeof NewAgent>
      return {
        title: `Add the agent ${displayName} (${username})`,
        rows: [
          { label: 'Name', value: displayName, kind: 'text' },
          { label: 'Username', value: username, kind: 'text' },
          { label: 'Who answers for it', value: actOf(request, now).caller.displayName, kind: 'text' },
        ],
      }
    },
  }

  const change: SensitiveAct = {
    name: 'agent.change',
    async describe(request) {
      const { username } = request.params as Static<typeof ByName>
      const agent = await getAgent(database.read, actOf(request, now).caller, username)
      await checkNotEnded(database.read, agent)
      const owner = await getNextOwner(database.read, (request.body as Static<typeof NextOwner>).owner)
      return {
        title: `Make ${owner.displayName} answer for the agent ${agent.username}`,
        rows: [
          { label: 'Agent', value: `${agent.displayName} (${agent.username})`, kind: 'text' },
          { label: 'Answers for it', value: `${owner.displayName} (${owner.username})`, kind: 'text' },
        ],
      }
    },
  }

  app.patch('/api/v1/agents/:username', {
    config: { access: 'organisation:admin', act: change },
    schema: { params: ByName, body: NextOwner, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await changeOwner(database, actOf(request, now), { ...request.body, ...request.params })
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/agents', {
    config: { access: 'organisation:admin', act: add },
    schema: { body: NewAgent, response: { 200: PersonRef } },
    async handler(request) {
      const { id, username, displayName } = await addAgent(database, actOf(request, now), request.body)
      return { id, username, displayName }
    },
  })
}
