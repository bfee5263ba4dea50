import { domainToUnicode } from 'node:url'
import type { Db } from '../../database/handles.ts'
import type { DomainTable } from '../../database/schema.ts'
import { getSetting } from '../../identity/settings.ts'
import { isAtDomain } from './at-domain.ts'
import { getDomain } from './find-domain.ts'
import { fileUrl, proofText, recordName } from './proof.ts'
import type { DomainList, DomainView } from './shapes.ts'

type Readable = Db<'domain' | 'domainClaim' | 'user' | 'setting'>

/** All of them, by name. */
export async function listDomains(db: Readable): Promise<DomainList> {
  const rows = await db.selectFrom('domain').selectAll().orderBy('name').execute()
  return {
    items: await Promise.all(rows.map((row) => renderDomain(db, row))),
    graceDays: await getSetting(db, 'domainGraceDays'),
  }
}

/** @throws 404 */
export const viewDomain = async (db: Readable, id: string): Promise<DomainView> =>
  renderDomain(db, await getDomain(db, id))

async function renderDomain(db: Readable, domain: DomainTable): Promise<DomainView> {
  const { id, name, state, verifiedBy, verifiedAt, checkedAt, failingSince, lastError, createdAt } = domain
  const unicode = domainToUnicode(name)
  return {
    id,
    name,
    unicodeName: unicode === name ? null : unicode,
    state,
    verifiedBy,
    verifiedAt,
    checkedAt,
    failingSince,
    lastError,
    createdAt,
    record: { name: recordName(domain), value: proofText(domain) },
    file: { url: fileUrl(domain), content: proofText(domain) },
    accounts: await countAccounts(db, domain),
  }
}

export async function countAccounts(
  db: Db<'user' | 'domainClaim'>,
  { id, name }: Pick<DomainTable, 'id' | 'name'>,
): Promise<DomainView['accounts']> {
  const there = await db
    .selectFrom('user')
    .select((eb) => [
      'managedBy',
      eb.fn.countAll<number>().as('count'),
      eb.fn.count<number>('emailVerifiedAt').as('confirmed'),
    ])
    .where((eb) => isAtDomain(eb, name))
    .groupBy('managedBy')
    .execute()
  const claims = await db
    .selectFrom('domainClaim')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('domainId', '=', id)
    .where('state', 'in', ['noticed', 'objected'])
    .groupBy('state')
    .execute()
  const managed = await db
    .selectFrom('user')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('managedBy', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  const unmanaged = there.find(({ managedBy }) => managedBy === null)
  const claimed = (state: string): number => claims.find((row) => row.state === state)?.count ?? 0
  return {
    people: there.reduce((sum, { count }) => sum + count, 0),
    unmanaged: unmanaged?.count ?? 0,
    unconfirmed: (unmanaged?.count ?? 0) - (unmanaged?.confirmed ?? 0),
    noticed: claimed('noticed'),
    objected: claimed('objected'),
    managed: managed.count,
  }
}
