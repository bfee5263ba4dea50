import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { getPlace } from '../place.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'

/** What `git push --signed` signed, as it came: whoever can read the repository can check it with their own tools. */
export function pushCertificateRoutes(app: App, { database }: { database: Database }): void {
  app.get(`${repositoryRoot}/push-certificates/:digest`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object({ ...InRepository, digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) }) },
    async handler(request, reply) {
      const row = await database.read
        .selectFrom('pushCertificate')
        .select('content')
        .where('repositoryId', '=', getPlace(request).repository.id)
        .where('digest', '=', request.params.digest)
        .executeTakeFirst()
      if (row === undefined) throw notFound('This certificate')
      return reply
        .header('content-disposition', `attachment; filename="push-${request.params.digest.slice(0, 12)}.txt"`)
        .type('text/plain; charset=utf-8')
        .send(row.content)
    },
  })
}
