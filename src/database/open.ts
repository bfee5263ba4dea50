import type { Database } from './handles.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/**
 * `database/` owns connections, the schema and its migrations; it knows no feature and decides nothing.
 * @param url `sqlite:<file>` or `postgres://…`
 */
export function openDatabase(url: string): Promise<Database> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url)
}
