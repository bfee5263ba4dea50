import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { getPerson } from '../identity/caller.ts'
import { withGitProblems } from '../repositories/git-problem.ts'
import { getPlace, getProject, type RepositoryPlace } from '../repositories/place.ts'
import { InRepository, repositoryRoot } from '../repositories/routes/browse-shapes.ts'
import { createImport, getImport, type ImportParts, renderImport, retryImport } from './import-records.ts'
import type { Imports } from './imports.ts'
import { ImportRetry, ImportView, NewImport } from './shapes.ts'

const ByPath = Type.Object(InRepository)
const named = ({ project, repository }: RepositoryPlace) => ({ project: project.name, repository: repository.name })

/** A repository from elsewhere: begin, look, try again, cancel. */
export function importRoutes(app: App, parts: ImportParts & { imports: Imports }): void {
  const { database, imports } = parts
  const root = `${repositoryRoot}/import`

  app.post('/api/v1/projects/:project/imports', {
    config: { access: 'project:admin' },
    schema: { params: Type.Object({ project: Type.String() }), body: NewImport, response: { 200: ImportView } },
    handler: (request) =>
      withGitProblems(async () => {
        const { project } = getProject(request)
        const row = await createImport(parts, getPerson(request), project, request.body)
        imports.wake()
        return renderImport(row, { project: project.name, repository: request.body.name })
      }),
  })

  app.get(root, {
    config: { access: 'repository:admin' },
    schema: { params: ByPath, response: { 200: ImportView } },
    async handler(request) {
      const place = getPlace(request)
      return renderImport(await getImport(database.read, place.repository.id), named(place))
    },
  })

  app.post(`${root}/retry`, {
    config: { access: 'repository:admin' },
    schema: { params: ByPath, body: ImportRetry, response: { 200: ImportView } },
    async handler(request) {
      const place = getPlace(request)
      await retryImport(parts, getPerson(request), await getImport(database.read, place.repository.id), request.body)
      imports.wake()
      return renderImport(await getImport(database.read, place.repository.id), named(place))
    },
  })

  app.post(`${root}/cancel`, {
    config: { access: 'repository:admin' },
    schema: { params: ByPath, body: Type.Object({}), response: { 204: Type.Null() } },
    async handler(request, reply) {
      const place = getPlace(request)
      await imports.cancel(getPerson(request), place, await getImport(database.read, place.repository.id))
      return reply.code(204).send(null)
    },
  })
}
