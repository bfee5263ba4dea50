import type { FastifyRequest } from 'fastify'
import type { ProjectTable, RepositoryRole, RepositoryTable } from '../database/schema.ts'

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
