import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { DisplayName, Email, Username } from '../shapes.ts'
import { type ApplyParts, applyToRegister } from './apply.ts'

const Application = Type.Object(
  { email: Email, displayName: DisplayName, username: Username },
  { additionalProperties: false },
)

/**
 * People who register themselves, where an owner allows it. Nobody comes to be here: that takes the link in the letter,
 * and a passkey.
 */
export function selfRegistrationRoutes(app: App, parts: ApplyParts): void {
  app.post('/api/v1/self-registration', {
    config: { access: 'public' },
    schema: { body: Application, response: { 202: Type.Object({}) } },
    async handler(request, reply) {
      await applyToRegister(parts, request.body)
      return reply.code(202).send({})
    },
  })
}
