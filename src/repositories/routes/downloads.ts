import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { archiveFormats, sendArchive, sendRaw } from '../download.ts'
import type { Git } from '../git.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPath } from '../tree.ts'
import { lookAt } from './look-at.ts'
import { InRepository, PathQuery, RefQuery, repositoryRoot } from './browse-shapes.ts'

const formats = Object.keys(archiveFormats) as (keyof typeof archiveFormats)[]

/** Files and archives as plain links: always a download, never a page of this origin. */
export function downloadRoutes(app: App, { git }: { git: Git }): void {
  app.get(`${repositoryRoot}/raw`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(InRepository), querystring: Type.Object({ ...RefQuery, ...PathQuery }) },
    handler: (request, reply) =>
      withGitProblems(async () => {
        const { source, revision, path } = await lookAt(git, request)
        return sendRaw(reply, source, await getPath(source, revision.oid, path), path)
      }),
  })

  app.get(`${repositoryRoot}/archive`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, format: Type.Union(formats.map((name) => Type.Literal(name))) }),
    },
    handler: (request, reply) =>
      withGitProblems(async () => {
        const { place, source, revision } = await lookAt(git, request)
        const { format } = request.query as { format: keyof typeof archiveFormats }
        return sendArchive(reply, source, { repository: place.repository.name, revision, format })
      }),
  })
}
