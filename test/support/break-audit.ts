import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import pg from 'pg'
import type { StartedPostern } from './start-postern.ts'

/** Makes every audit event fail until the returned function is called, as a full disk would. */
export async function breakAudit(
  postern: StartedPostern,
  databaseUrl: string | undefined,
): Promise<() => Promise<void>> {
  const run = async (onSqlite: string, onPostgres: string): Promise<void> => {
    if (databaseUrl === undefined) {
      const database = new DatabaseSync(join(postern.folder, 'data', 'postern.db'), { timeout: 5000 })
      database.exec(onSqlite)
      database.close()
    } else {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      await client.query(onPostgres)
      await client.end()
    }
  }
  await run(
    `create trigger "full" before insert on "auditEvent" begin select raise(abort, 'disk full'); end`,
    'alter table "auditEvent" add constraint "full" check (false) not valid',
  )
  return () => run('drop trigger "full"', 'alter table "auditEvent" drop constraint "full"')
}
