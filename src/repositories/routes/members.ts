import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { getPerson } from '../../identity/caller.ts'
import { grantRole, listMembers, type MemberScope, removeRole } from '../members.ts'
import { getPlace, getProject } from '../place.ts'
import type { RepositoryParts } from '../repository-records.ts'
import { MemberView, RepositoryRole } from '../shapes.ts'
import { repositoryRoot } from './browse-shapes.ts'

const Members = Type.Object({ items: Type.Array(MemberView) })
const Kind = Type.Union([Type.Literal('user'), Type.Literal('group')])

/** The same three routes on a project and on a repository: who is here, give a role, take it. */
export function memberRoutes(app: App, parts: RepositoryParts): void {
  addRoutes(app, parts, {
    root: '/api/v1/projects/:project',
    kind: 'project',
    scopeOf: (request) => {
      const { project } = getProject(request)
      return { kind: 'project', id: project.id, path: project.name }
    },
  })
  addRoutes(app, parts, {
    root: repositoryRoot,
    kind: 'repository',
    scopeOf: (request) => {
      const { repository, path } = getPlace(request)
      return { kind: 'repository', id: repository.id, projectId: repository.projectId, path }
    },
  })
}

function addRoutes(
  app: App,
  { database, now }: RepositoryParts,
  {
    root,
    kind,
    scopeOf,
  }: { root: string; kind: 'project' | 'repository'; scopeOf: (request: FastifyRequest) => MemberScope },
): void {
  const inPath = { project: Type.String(), ...(kind === 'repository' ? { repository: Type.String() } : {}) }
  const Subject = Type.Object({ ...inPath, kind: Kind, name: Type.String() })
  const list = async (request: FastifyRequest) => ({ items: await listMembers(database.read, scopeOf(request)) })

  app.get(`${root}/members`, {
    config: { access: `${kind}:read` },
    schema: { params: Type.Object(inPath), response: { 200: Members } },
    handler: list,
  })

  app.put(`${root}/members/:kind/:name`, {
    config: { access: `${kind}:admin` },
    schema: { params: Subject, body: Type.Object({ role: RepositoryRole }), response: { 200: Members } },
    async handler(request) {
      const { kind: subject, name } = request.params
      await grantRole(
        database,
        getPerson(request),
        scopeOf(request),
        { kind: subject, name, role: request.body.role },
        now(),
      )
      return list(request)
    },
  })

  app.delete(`${root}/members/:kind/:name`, {
    config: { access: `${kind}:admin` },
    schema: { params: Subject, response: { 200: Members } },
    async handler(request) {
      const { kind: subject, name } = request.params
      await removeRole(database, getPerson(request), scopeOf(request), { kind: subject, name }, now())
      return list(request)
    },
  })
}
