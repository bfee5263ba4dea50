import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { getCaller, getPerson } from '../../identity/caller.ts'
import { getProject } from '../place.ts'
import { changeProject, createProject, deleteProject, listProjects, refuseFull, renderProject } from '../projects.ts'
import type { RepositoryParts } from '../repository-records.ts'
import { ProjectView } from '../shapes.ts'

export const Description = Type.String({ maxLength: 1000 })
export const NewName = Type.String({ minLength: 1, maxLength: 300 })
const ByProject = Type.Object({ project: Type.String() })

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
      }
    },
  }

  app.get('/api/v1/projects', {
    config: { access: 'user' },
    schema: { response: { 200: Type.Object({ items: Type.Array(ProjectView) }) } },
    handler: async (request) => ({ items: await listProjects(database.read, getCaller(request)) }),
  })

  app.post('/api/v1/projects', {
    config: { access: 'person' },
    schema: { body: Type.Object({ name: NewName, description: Description }), response: { 200: ProjectView } },
    async handler(request) {
      const caller = getPerson(request)
      const project = await createProject(database, caller, request.body, now())
      return renderProject(database.read, { project, role: 'admin' })
    },
  })

  app.get('/api/v1/projects/:project', {
    config: { access: 'project:read' },
    schema: { params: ByProject, response: { 200: ProjectView } },
    handler: (request) => renderProject(database.read, getProject(request)),
  })

  const Changes = Type.Object({ name: Type.Optional(NewName), description: Type.Optional(Description) })
  app.patch('/api/v1/projects/:project', {
    config: { access: 'project:admin' },
    schema: { params: ByProject, body: Changes, response: { 200: ProjectView } },
    async handler(request) {
      const place = getProject(request)
      const changes: Static<typeof Changes> = request.body
      const project = await changeProject(database, getPerson(request), place, changes, now())
      return renderProject(database.read, { project, role: place.role })
    },
  })

  app.delete('/api/v1/projects/:project', {
    config: { access: 'project:admin', act: remove },
    schema: { params: ByProject, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await deleteProject(database, getPerson(request), getProject(request), (tx) => request.takeSeal(tx), now())
      return reply.code(204).send(null)
    },
  })
}
