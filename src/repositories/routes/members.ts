import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { actOf } from '../../identity/act.ts'
import { findGivenRole, getSubject, grantRole, listMembers, type MemberScope, removeRole } from '../members.ts'
import { getPlace, getProject } from '../place.ts'
import type { RepositoryParts } from '../repository-records.ts'
import { MemberView, RepositoryRole } from '../shapes.ts'
import { repositoryRoot } from './browse-shapes.ts'

const Members = Type.Object({ items: Type.Array(MemberView) })
const Kind = Type.Union([Type.Literal('user'), Type.Literal('group')])
const Grant = Type.Object({ role: RepositoryRole })

const whereOf = ({ kind, path }: MemberScope): string =>
  kind === 'repository' ? path : `the project ${path} and all of its repositories`

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
  /** Who is meant, what they have here now, and what a seal over a change of it names. */
  const lookAtMember = async (request: FastifyRequest) => {
    const scope = scopeOf(request)
    const wanted = request.params as Static<typeof Subject>
    const { id, shown } = await getSubject(database.read, wanted)
    const role = await findGivenRole(database.read, scope, id)
    const rows: FactRow[] = [
      { label: wanted.kind === 'user' ? 'Person' : 'Group', value: shown, kind: 'text' },
      { label: 'Where', value: whereOf(scope), kind: 'text' },
      { label: 'Role until now', value: role ?? 'none', kind: 'text' },
    ]
    return { scope, shown, role, rows, subjects: [actSubject(scope.kind, scope.id), actSubject(wanted.kind, id)] }
  }
  const grant: SensitiveAct = {
    name: 'member.grant',
    async describe(request) {
      const { scope, shown, role: former, rows, subjects } = await lookAtMember(request)
      const { role } = request.body as Static<typeof Grant>
      return {
        title: `Give ${shown} the role ${role} in ${scope.path}`,
        rows: [...rows, { label: 'Role from now on', value: role, kind: 'text' }],
        subjects,
        isSoAlready: role === former,
      }
    },
  }
  const remove: SensitiveAct = {
    name: 'member.remove',
    async describe(request) {
      const { scope, shown, role, rows, subjects } = await lookAtMember(request)
      if (role === undefined) throw notFound('This role')
      return { title: `Take the role ${role} in ${scope.path} from ${shown}`, rows, subjects }
    },
  }
  const list = async (request: FastifyRequest) => ({ items: await listMembers(database.read, scopeOf(request)) })

  app.get(`${root}/members`, {
    config: { access: `${kind}:read` },
    schema: { params: Type.Object(inPath), response: { 200: Members } },
    handler: list,
  })

  app.put(`${root}/members/:kind/:name`, {
    config: { access: `${kind}:admin`, act: grant },
    schema: { params: Subject, body: Grant, response: { 200: Members } },
    async handler(request) {
      const { kind: subject, name } = request.params
      const { role } = request.body
      if (!request.isSoAlready)
        await grantRole(database, actOf(request, now), scopeOf(request), { kind: subject, name, role })
      return list(request)
    },
  })

  app.delete(`${root}/members/:kind/:name`, {
    config: { access: `${kind}:admin`, act: remove },
    schema: { params: Subject, response: { 200: Members } },
    async handler(request) {
      const { kind: subject, name } = request.params
      await removeRole(database, actOf(request, now), scopeOf(request), { kind: subject, name })
      return list(request)
    },
  })
}
