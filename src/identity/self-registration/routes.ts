import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { addressBlock } from '../../http/rate-limit.ts'
import { createGuessBudget } from '../recovery/guess-budget.ts'
import { DisplayName, Email, Username } from '../shapes.ts'
import { type ApplyParts, applyToRegister, tooManyRegister } from './apply.ts'

const Application = Type.Object(
  { email: Email, displayName: DisplayName, username: Username },
  { additionalProperties: false },
)

/** From one address in an hour: a fifth of what all get, so that nobody alone shuts everybody else out. */
const fromOne = 100

/**
 * People who register themselves, where an owner allows it. Nobody comes to be here: that takes the link in the letter,
 * and a passkey.
 */
export function selfRegistrationRoutes(app: App, parts: ApplyParts): void {
  const budget = createGuessBudget({ most: fromOne, now: parts.now })

  app.post('/api/v1/self-registration', {
    config: { access: 'public' },
    schema: { body: Application, response: { 202: Type.Object({}) } },
    async handler(request, reply) {
      if (budget.take(addressBlock(request)).left === undefined) throw tooManyRegister()
      await applyToRegister(parts, request.body)
      return reply.code(202).send({})
    },
  })
}
