import type { Database } from './handles.ts'
import { openSqlite } from './sqlite.ts'

/**
 * `database/` owns connections, the schema and its migrations; it knows no feature and decides nothing.
 * @param url `sqlite:<file>` or `postgres://…`
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length))
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(url)
}
