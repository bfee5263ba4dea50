import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { actOf } from '../../identity/act.ts'
import { getActor } from '../../identity/actor.ts'
import { getCaller, getPerson } from '../../identity/caller.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace, getProject } from '../place.ts'
import { listReachableRepositories } from '../reachable.ts'
import {
  changeRepository,
  checkNewRepositoryName,
  createRepository,
  deleteRepository,
  type RepositoryParts,
} from '../repository-records.ts'
import { renderRepository } from '../repository-view.ts'
import { RepositorySummary, RepositoryView, TakesFormerName, Visibility } from '../shapes.ts'
import { InRepository, repositoryRoot } from './browse-shapes.ts'
import { changedRows, takenRows } from './changed-rows.ts'
import { Description, NewName } from './projects.ts'

const ByPath = Type.Object(InRepository)
const Changes = Type.Object({
  name: Type.Optional(NewName),
  description: Type.Optional(Description),
  visibility: Type.Optional(Visibility),
  takesFormerName: TakesFormerName,
})

export function repositoryRoutes(app: App, parts: RepositoryParts & { origin: string }): void {
  const { database, now } = parts

  const remove: SensitiveAct = {
    name: 'repository.delete',
    async describe(request) {
      const { path, repository } = getPlace(request)
      return {
        title: `Delete the repository ${path} with everything in it`,
        rows: [{ label: 'Repository', value: path, kind: 'text' }],
        // A path can come to mean another repository; its id cannot.
        subjects: [actSubject('repository', repository.id)],
      }
    },
  }
  const change: SensitiveAct = {
    name: 'repository.change',
    async describe(request) {
      const place = getPlace(request)
      const changes = request.body as Static<typeof Changes>
      const { name = place.repository.name, takesFormerName } = changes
      const caller = getActor(request)
      const takenFrom = await checkNewRepositoryName(database.read, caller, place, { name, takesFormerName })
      return {
        title: `Change the repository ${place.path}`,
        rows: [...changedRows(place.repository, changes), ...takenRows(takenFrom)],
        subjects: [actSubject('repository', place.repository.id)],
      }
    },
  }

  app.get('/api/v1/repositories', {
    config: { access: 'user' },
    schema: {
      querystring: Type.Object({ ...CursorQuery, q: Type.Optional(Type.String({ maxLength: 100 })) }),
      response: { 200: Page(RepositorySummary) },
    },
    handler: (request) =>
      listReachableRepositories(database.read, getCaller(request), {
        cursor: request.query.cursor,
        search: request.query.q,
      }),
  })

  app.get('/api/v1/projects/:project/repositories', {
    config: { access: 'project:read' },
    schema: {
      params: Type.Object({ project: Type.String() }),
      querystring: Type.Object(CursorQuery),
      response: { 200: Page(RepositorySummary) },
    },
    handler: (request) =>
      listReachableRepositories(database.read, request.caller, {
        cursor: request.query.cursor,
        projectId: getProject(request).project.id,
      }),
  })

  app.post('/api/v1/projects/:project/repositories', {
    config: { access: 'project:admin' },
    schema: {
      params: Type.Object({ project: Type.String() }),
      body: Type.Object({
        name: NewName,
        description: Description,
        visibility: Type.Optional(Visibility),
        takesFormerName: TakesFormerName,
      }),
      response: { 200: RepositoryView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const { project } = getProject(request)
        const repository = await createRepository(parts, getPerson(request), project, request.body)
        return renderRepository(parts, { repository, project, role: 'admin' })
      }),
  })

  app.get(repositoryRoot, {
    config: { access: 'repository:read' },
    schema: { params: ByPath, response: { 200: RepositoryView } },
    handler: (request) => withGitProblems(() => renderRepository(parts, getPlace(request))),
  })

  app.patch(repositoryRoot, {
    config: { access: 'repository:admin', act: change },
    schema: { params: ByPath, body: Changes, response: { 200: RepositoryView } },
    handler: (request) =>
      withGitProblems(async () => {
        const place = getPlace(request)
        const repository = await changeRepository(database, actOf(request, now), place, request.body)
        return renderRepository(parts, { repository, project: place.project, role: place.role })
      }),
  })

  app.delete(repositoryRoot, {
    config: { access: 'repository:admin', act: remove },
    schema: { params: ByPath, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await deleteRepository(parts, actOf(request, now), getPlace(request))
      return reply.code(204).send(null)
    },
  })
}
