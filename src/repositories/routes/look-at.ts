import type { FastifyRequest } from 'fastify'
import type { Git } from '../git.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import { getRevision, type Revision, type Source } from '../revision.ts'
import { cleanPath } from './browse-shapes.ts'

export interface Looking {
  place: RepositoryPlace
  source: Source
  revision: Revision
  path: string
}

/** What a request with `ref` and `path` looks at. @throws 404 */
export async function lookAt(git: Git, request: FastifyRequest): Promise<Looking> {
  const place = getPlace(request)
  const { ref, path } = request.query as { ref?: string; path?: string }
  const source = { git, folder: place.folder }
  const revision = await getRevision(source, ref ?? place.repository.defaultBranch)
  return { place, source, revision, path: cleanPath(path) }
}
