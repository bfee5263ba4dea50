import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { actOf } from '../../identity/act.ts'
import { getActor } from '../../identity/actor.ts'
import { getCaller, getPerson } from '../../identity/caller.ts'
import { listProjects, renderProject } from '../list-projects.ts'
import { getProject } from '../place.ts'
import { changeProject, checkNewProjectName, createProject, deleteProject, refuseFull } from '../projects.ts'
import type { RepositoryParts } from '../repository-records.ts'
import { ProjectView, TakesFormerName } from '../shapes.ts'
import { changedRows, takenRows } from './changed-rows.ts'

export const Description = Type.String({ maxLength: 1000 })
export const NewName = Type.String({ minLength: 1, maxLength: 300 })
const ByProject = Type.Object({ project: Type.String() })
const ListQuery = Type.Object({
  ...CursorQuery,
  q: Type.Optional(Type.String({ maxLength: 100 })),
  role: Type.Optional(Type.Literal('admin', { description: 'Those the caller administers' })),
})
const Changes = Type.Object({
  name: Type.Optional(NewName),
  description: Type.Optional(Description),
  takesFormerName: TakesFormerName,
})

const NewProject = Type.Object({ name: NewName, description: Description, takesFormerName: TakesFormerName })

/** Projects: a name for repositories that belong together, and the place where roles in all of them are given. */
export function projectRoutes(app: App, { database, now }: RepositoryParts): void {
  const remove: SensitiveAct = {
    name: 'project.delete',
    async describe(request) {
      const { project } = getProject(request)
      await refuseFull(database.read, project)
      return {
        title: `Delete the project ${project.name}`,
        rows: [{ label: 'Project', value: project.name, kind: 'text' }],
        subjects: [actSubject('project', project.id)],
      }
    },
  }
  const change: SensitiveAct = {
    name: 'project.change',
    async describe(request) {
      const { project } = getProject(request)
      const changes = request.body as Static<typeof Changes>
      const { name = project.name, takesFormerName } = changes
      const caller = getActor(request)
      const takenFrom = await checkNewProjectName(database.read, caller, project, { name, takesFormerName })
      return {
        title: `Change the project ${project.name}`,
        rows: [...changedRows(project, changes), ...takenRows(takenFrom)],
        subjects: [actSubject('project', project.id)],
      }
    },
  }

  app.get('/api/v1/projects', {
    config: { access: 'user' },
    schema: { querystring: ListQuery, response: { 200: Page(ProjectView) } },
    handler(request) {
      const { cursor, q, role } = request.query
      return listProjects(database.read, getCaller(request), { cursor, search: q, isOwn: role === 'admin' })
    },
  })

  app.post('/api/v1/projects', {
    config: { access: 'person' },
    schema: { body: NewProject, response: { 200: ProjectView } },
    async handler(request) {
      const caller = getPerson(request)
      const project = await createProject(database, caller, request.body, now())
      return renderProject(database.read, caller, { project, role: 'admin' })
    },
  })

  app.get('/api/v1/projects/:project', {
    config: { access: 'project:read' },
    schema: { params: ByProject, response: { 200: ProjectView } },
    handler: (request) => renderProject(database.read, request.caller, getProject(request)),
  })

  app.patch('/api/v1/projects/:project', {
    config: { access: 'project:admin', act: change },
    schema: { params: ByProject, body: Changes, response: { 200: ProjectView } },
    async handler(request) {
      const place = getProject(request)
      const project = await changeProject(database, actOf(request, now), place, request.body)
      return renderProject(database.read, request.caller, { project, role: place.role })
    },
  })

  app.delete('/api/v1/projects/:project', {
    config: { access: 'project:admin', act: remove },
    schema: { params: ByProject, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await deleteProject(database, actOf(request, now), getProject(request))
      return reply.code(204).send(null)
    },
  })
}
