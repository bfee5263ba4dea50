import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { PersonRef } from '../../http/shapes.ts'
import { actOf } from '../act.ts'
import { addAgent } from '../agents.ts'
import type { Ceremonies } from '../registration.ts'
import { DisplayName, Username } from '../shapes.ts'

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

  app.post('/api/v1/agents', {
    config: { access: 'organisation:admin', act: add },
    schema: { body: NewAgent, response: { 200: PersonRef } },
    async handler(request) {
      const { id, username, displayName } = await addAgent(database, actOf(request, now), request.body)
      return { id, username, displayName }
    },
  })
}
