import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'

/** What directories and domains that look after people are called, by id. */
export async function readManagerNames(
  db: Db<TableName>,
  managedBy: readonly (string | null)[],
): Promise<Map<string, string>> {
  const idsOf = (prefix: string) => [...new Set(managedBy.filter((id) => id?.startsWith(prefix)))]
  const names = new Map<string, string>()
  const directories = idsOf('dir_') as Id<'dir'>[]
  if (directories.length > 0)
    for (const { id, name } of await db
      .selectFrom('directoryConnection')
      .select(['id', 'name'])
      .where('id', 'in', directories)
      .execute())
      names.set(id, name)
  const domains = idsOf('dom_') as Id<'dom'>[]
  if (domains.length > 0)
    for (const { id, name } of await db
      .selectFrom('domain')
      .select(['id', 'name'])
      .where('id', 'in', domains)
      .execute())
      names.set(id, name)
  return names
}
