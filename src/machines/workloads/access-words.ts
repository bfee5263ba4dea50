import type { TokenScope } from '../../access-keys/shapes.ts'
import type { RepositoryRole, WorkloadTrustTable } from '../../database/schema.ts'

type Access = WorkloadTrustTable['access']

/** What tokens of such a pipeline may do. */
export const scopesOf: Record<Access, readonly TokenScope[]> = {
  read: ['repository:read'],
  write: ['repository:read', 'repository:write', 'status:write'],
  status: ['repository:read', 'status:write'],
}

/** What their actor may do at most; the scopes keep it to less. */
export const roleOf: Record<Access, RepositoryRole> = { read: 'read', write: 'write', status: 'write' }

export const accessWords: Record<Access, string> = {
  read: 'clone and fetch',
  write: 'clone, push, and report what checks found out',
  status: 'clone and fetch, and report what checks found out',
}
