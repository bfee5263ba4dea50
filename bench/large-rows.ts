import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const people = 20_000
export const events = 500_000
export const mergesOfOne = 20_000
const tokens = 50_000

/** Fills the tables of a small instance with many of what it has one of, always the same; its server must not run. */
export async function fillLarge(dataFolder: string): Promise<void> {
  using database = new DatabaseSync(join(dataFolder, 'postern.db'))
  database.exec('pragma synchronous = off')
  const columnsOf = (table: string): string[] =>
    (database.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[]).map(
      ({ name }) => name,
    )
  /** So many copies of one row; `i` counts them in what is said of each. */
  const copy = (table: string, which: string, count: number, others: Record<string, string>): void => {
    const columns = columnsOf(table)
    const values = columns.map((column) => others[column] ?? `one."${column}"`)
    database.exec(`
      with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ${count})
      insert into "${table}" (${columns.map((column) => `"${column}"`).join()})
      select ${values.join()} from n, (select * from "${table}" where ${which} limit 1) one`)
  }
  const id = (kind: string, number = 'i'): string => `'${kind}_' || printf('%025d', ${number})`
  const ofPerson = id('usr', `i % ${people}`)
  copy('user', `"username" = 'ana'`, people, {
    id: id('usr'),
    username: `'number-' || i`,
    displayName: `'Number ' || i`,
    email: `'number.' || i || '@example.org'`,
    webauthnHandle: `'handle-' || i`,
    role: `'member'`,
  })
  copy('credentialRecord', 'true', people, {
    id: id('crd'),
    userId: ofPerson,
    credentialId: `'credential-' || i`,
    enrolledVia: `'invitation'`,
  })
  copy('apiToken', 'true', tokens, { id: id('tok'), userId: ofPerson, secretHash: `'secret-' || i` })
  copy('session', 'true', tokens, { id: id('ses'), userId: ofPerson, secretHash: `'secret-' || i` })
  copy('pullRequest', `"state" = 'merged'`, mergesOfOne, { id: id('prq'), number: 'i + 100', mergeSealId: 'null' })
  const digest = `printf('%064d', i)`
  const sealed = `"id" in (select "mergeSealId" from "pullRequest" where "mergeSealId" is not null)`
  // Half as many again that count for nothing: approvals of what was never merged.
  copy('seal', sealed, mergesOfOne * 1.5, {
    id: id('sea'),
    requestId: id('srq'),
    statementDigest: `'sha256:' || ${digest}`,
  })
  copy('refUpdate', `"sealId" is not null`, mergesOfOne, {
    id: id('upd'),
    batchId: id('upd'),
    sealId: id('sea'),
    newOid: `substr(${digest}, 25)`,
  })
  copy('sourceAttestation', 'true', mergesOfOne, {
    refUpdateId: id('upd'),
    oid: `substr(${digest}, 25)`,
  })
  // An hour apart and before all that is there.
  const at = `one."occurredAt" - (${events} - i) * 60000`
  for (const [nth, action] of ['seal.made', 'ref.updated'].entries())
    copy('auditEvent', `"action" = '${action}'`, events / 2, {
      id: `printf('evt_0%s%016d', '${'ab'[nth]}', i)`,
      // As if long in the ledger: folding them in is not what is measured.
      leafIndex: `-1 - i - ${(nth * events) / 2}`,
      occurredAt: at,
      actorId: ofPerson,
    })
  database.exec('update "repository" set "nextNumber" = 1000000')
}
