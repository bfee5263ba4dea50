import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { DomainTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import { domainOfAddress } from './domain-name.ts'

/** The organisation's domain that an address is at, exactly: `dev.example.com` is not `example.com`. */
export async function findDomainOfAddress(
  db: Db<'domain'>,
  email: string,
): Promise<{ id: Id<'dom'>; name: string; state: DomainTable['state'] } | undefined> {
  const name = domainOfAddress(email)
  if (name === undefined) return undefined
  return db.selectFrom('domain').select(['id', 'name', 'state']).where('name', '=', name).executeTakeFirst()
}

/** @throws 404 */
export async function getDomain(db: Db<'domain'>, id: string): Promise<DomainTable> {
  const row = await db
    .selectFrom('domain')
    .selectAll()
    .where('id', '=', id as Id<'dom'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This domain')
  return row
}
