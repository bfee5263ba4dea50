import { Type } from 'typebox'
import type { ApplicationKinds } from '../applications/application-kind.ts'
import type { SensitiveAct } from '../http/access.ts'
import type { App } from '../http/app.ts'
import { actOf } from '../identity/act.ts'
import type { RepositoryParts } from '../repositories/repository-records.ts'
import { listDemoTools } from './end-tools.ts'
import { removeDemo } from './remove.ts'

export function demoRoutes(app: App, parts: RepositoryParts & { kinds: ApplicationKinds }): void {
  const remove: SensitiveAct = {
    name: 'demo.remove',
    async describe() {
      const names = (table: 'project' | 'userGroup') =>
        parts.database.read.selectFrom(table).select('name').where('isDemo', '=', 1).orderBy('name').execute()
      const inWords = (rows: { name: string }[]): string => rows.map(({ name }) => name).join(', ') || 'none'
      return {
        title: 'Remove the demo organisation',
        rows: [
          { label: 'Projects, with everything in them', value: inWords(await names('project')), kind: 'text' },
          { label: 'Tools', value: inWords(await listDemoTools(parts.database.read)), kind: 'text' },
          { label: 'Groups', value: inWords(await names('userGroup')), kind: 'text' },
        ],
      }
    },
  }

  app.delete('/api/v1/demo', {
    config: { access: 'organisation:owner', act: remove },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      await removeDemo(parts, actOf(request, parts.now))
      return reply.code(204).send(null)
    },
  })
}
