import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { getPerson } from '../identity/caller.ts'
import type { RepositoryParts } from '../repositories/repository-records.ts'
import { removeDemo } from './remove.ts'

export function demoRoutes(app: App, parts: RepositoryParts): void {
  app.delete('/api/v1/demo', {
    config: { access: 'organisation:owner' },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      await removeDemo(parts, getPerson(request))
      return reply.code(204).send(null)
    },
  })
}
