import type { FastifyRequest } from 'fastify'
import type { ProjectTable, RepositoryRole, RepositoryTable } from '../database/schema.ts'
import type { ActPlace } from '../policy/facts.ts'

/** A repository that the caller reaches, as its guard found it: where it lies, and what they may do in it. */
export interface RepositoryPlace {
  repository: RepositoryTable
  project: ProjectTable
  /** `project/name` as it is written today, whatever spelling or former path the caller used. */
  path: string
  /** The bare repository, absolute. */
  folder: string
  role: RepositoryRole
}

export interface ProjectPlace {
  project: ProjectTable
  /** Role in the whole project; null where the caller only reaches some of its repositories. */
  role: RepositoryRole | null
}

declare module 'fastify' {
  interface FastifyRequest {
    place: RepositoryPlace | undefined
    project: ProjectPlace | undefined
  }
}

/** The repository of a route guarded by `repository:…`. */
export function getPlace(request: FastifyRequest): RepositoryPlace {
  if (request.place === undefined)
    throw new Error(`no repository guard stands before ${request.routeOptions.url ?? ''}`)
  return request.place
}

/** The project of a route guarded by `project:…`. */
export function getProject(request: FastifyRequest): ProjectPlace {
  if (request.project === undefined) throw new Error(`no project guard stands before ${request.routeOptions.url ?? ''}`)
  return request.project
}

/** Where the act of a request happens, as its guard found it, for the rules; null for what has no place. */
export function whereOf({ place, project, params }: FastifyRequest): ActPlace | null {
  const { branch = null } = params as { branch?: string }
  if (place !== undefined)
    return { projectId: place.project.id, repositoryId: place.repository.id, branch, role: place.role }
  return project === undefined
    ? null
    : { projectId: project.project.id, repositoryId: null, branch: null, role: project.role }
}
