import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { RepositoryRole, TableName } from '../../database/schema.ts'

/** A role in a project or repository, as an invitation keeps it: by id, so that a rename changes nothing. */
export interface Grant {
  scopeKind: 'project' | 'repository'
  scopeId: Id<'prj'> | Id<'rep'>
  role: RepositoryRole
}

/** What somebody may do in one place, and through which group where it is not their own. */
export interface Reached {
  path: string
  role: RepositoryRole
  group: string | null
}

/** What the room that keeps projects and repositories lends to this one. */
export interface GrantPlaces {
  /** The project or `project/repository` of this name. */
  find(db: Db<TableName>, path: string): Promise<(Omit<Grant, 'role'> & { path: string }) | undefined>
  /** Names of those that still exist, by id. */
  listPaths(db: Db<TableName>, grants: readonly Grant[]): Promise<Map<string, string>>
  give(
    tx: Tx<TableName>,
    given: { userId: Id<'usr'>; grants: readonly Grant[]; createdBy: Id<'usr'>; at: number },
  ): Promise<void>
  /** What was given to each of these people or to a group of theirs; what everybody here may see is not in it. */
  listReached(db: Db<TableName>, userIds: readonly Id<'usr'>[]): Promise<Map<string, Reached[]>>
}
