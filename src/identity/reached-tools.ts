import type { Db } from '../database/handles.ts'
import type { TableName, UserTable } from '../database/schema.ts'
import type { ReachedTool } from './shapes.ts'

/** What the room that keeps applications lends to this one: what is open to each of these people, by their id. */
export type ListReachedTools = (
  db: Db<TableName>,
  people: readonly Pick<UserTable, 'id' | 'kind' | 'role'>[],
) => Promise<Map<string, ReachedTool[]>>
