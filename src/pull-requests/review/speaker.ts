import type { FastifyRequest } from 'fastify'
import { checkTokenScope, coversRole } from '../../repositories/access.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { type Caller, getCaller } from '../../identity/caller.ts'
import type { PullRequest } from '../records.ts'

/** Who speaks in a review: anybody known who may read here. A token needs the scope to write. @throws 401, 403 */
export function getSpeaker(request: FastifyRequest): Caller {
  const caller = getCaller(request)
  checkTokenScope(caller, 'write')
  return caller
}

export const mayWrite = ({ role }: Pick<RepositoryPlace, 'role'>): boolean => coversRole(role, 'write')

/** Who keeps order in a review: whoever may write here, and whoever proposed it. */
export const mayTend = (place: Pick<RepositoryPlace, 'role'>, row: PullRequest, caller: Caller | undefined): boolean =>
  caller !== undefined && (mayWrite(place) || caller.id === row.authorId)
