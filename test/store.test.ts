import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { recordEvent } from '../src/audit/record.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../src/database/handles.ts'
import { newId } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import type { UserGroupTable } from '../src/database/schema.ts'
import { createUser } from '../src/identity/users.ts'
import { applicant, signInWith } from './support/ceremony.ts'
import { breakAudit } from './support/break-audit.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'

const group = (name: string): UserGroupTable => ({
  id: newId('grp'),
  name,
  description: '',
  isDemo: 0,
  createdAt: Date.now(),
  managedBy: null,
  organisationRole: null,
})

for (const store of ['SQLite', 'PostgreSQL'])
  describe(`the store on ${store}`, () => {
    let folder = ''
    let url = ''
    let database: Database
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'postern-store-'))
      url = store === 'SQLite' ? `sqlite:${join(folder, 'postern.db')}` : await postgresDatabase()
      database = await openDatabase(url)
    })
    after(async () => {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    })
    const groups = async (): Promise<string[]> =>
      (await database.read.selectFrom('userGroup').select('name').orderBy('name').execute()).map(({ name }) => name)

    test('a transaction that fails leaves nothing behind', async () => {
      const failing = database.write(async (tx) => {
        await tx.insertInto('userGroup').values(group('half')).execute()
        await recordEvent(tx, {
          action: 'group.created',
          actor: null,
          target: { kind: 'group', id: 'x' },
          at: Date.now(),
        })
        throw new Error('cut off')
      })
      await assert.rejects(failing, /cut off/)
      assert.deepEqual(await groups(), [])
      assert.deepEqual(await database.read.selectFrom('auditEvent').select('id').execute(), [])
    })

    test('what a transaction wrote is read by the next request', async () => {
      await database.write((tx) => tx.insertInto('userGroup').values(group('seen')).execute())
      assert.deepEqual(await groups(), ['seen'])
    })

    test('a unique index speaks one language, in any case of the name', async () => {
      const again = database.write((tx) =>
        orUniqueViolation(tx.insertInto('userGroup').values(group('SEEN')).execute()),
      )
      await assert.rejects(again, UniqueViolation)
      const user = await database.write((tx) =>
        createUser(tx, { ...applicant('ana'), role: 'member', createdBy: null, at: 1 }),
      )
      await assert.rejects(
        database.write((tx) => orUniqueViolation(tx.insertInto('user').values(user).execute())),
        UniqueViolation,
      )
    })

    test('other failures keep their own name', async () => {
      const orphan = database.write((tx) =>
        orUniqueViolation(
          tx
            .insertInto('protectedBranch')
            .values({
              repositoryId: newId('rep'),
              ref: 'a',
              baselineOid: 'b',
              protectSealId: null,
              stockVerifiableOnly: 0,
              rule: '{}',
              createdAt: 1,
              createdBy: newId('usr'),
            })
            .execute(),
        ),
      )
      await assert.rejects(orphan, (error) => !(error instanceof UniqueViolation))
    })

    test('times and counts are numbers, and large ones exact', async () => {
      const at = Number.MAX_SAFE_INTEGER
      await database.write((tx) => createUser(tx, { ...applicant('late'), role: 'member', createdBy: null, at }))
      const row = await database.read
        .selectFrom('user')
        .select('createdAt')
        .where('username', '=', 'late')
        .executeTakeFirstOrThrow()
      assert.equal(row.createdAt, at)
      const { count } = await database.read
        .selectFrom('user')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      assert.equal(count, 2)
    })

    test('text is ordered byte by byte', async () => {
      await database.write((tx) =>
        tx
          .insertInto('userGroup')
          .values(['b', 'B', 'a', 'Z', 'ä', '_'].map(group).filter(({ name }) => name !== 'B'))
          .execute(),
      )
      assert.deepEqual(await groups(), ['Z', '_', 'a', 'b', 'seen', 'ä'])
    })

    test('opening again changes nothing; a database of a newer version is refused', async () => {
      const again = await openDatabase(url)
      assert.equal((await again.read.selectFrom('userGroup').select('id').execute()).length, 6)
      await again.write((tx) =>
        // The migrator's own table, which the product never touches.
        (tx as unknown as { insertInto(table: string): { values(row: object): { execute(): Promise<unknown> } } })
          .insertInto('kysely_migration')
          .values({ name: '9999-from-tomorrow', timestamp: new Date().toISOString() })
          .execute(),
      )
      await again.close()
      await assert.rejects(openDatabase(url), /made by a newer version of Postern/)
    })

    test('a new schema arrives whole or not at all: what was cut off in the middle is begun again', async () => {
      const other = store === 'SQLite' ? `sqlite:${join(folder, 'cut-off.db')}` : await postgresDatabase()
      const run = async (...lines: string[]): Promise<void> => {
        if (store === 'SQLite') {
          const file = new DatabaseSync(other.slice('sqlite:'.length))
          for (const line of lines) file.exec(line)
          return file.close()
        }
        const client = new pg.Client({ connectionString: other })
        await client.connect()
        for (const line of lines) await client.query(line)
        await client.end()
      }
      // In the way of an index, after its table was made.
      await run('create table "connectorName" ("id" text)')
      await assert.rejects(openDatabase(other), /connectorName/)
      await run('drop table "connectorName"')
      const whole = await openDatabase(other)
      await whole.close()
    })

    test('an act whose event cannot be written does not happen, and its tap is not used up', async () => {
      const databaseUrl = store === 'SQLite' ? undefined : await postgresDatabase()
      await using postern = await startPostern({
        flags: ['--log-level', 'silent', ...(databaseUrl === undefined ? [] : postgresFlags(databaseUrl))],
      })
      const ana = await postern.owner()
      const token = { name: 'ci', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 1 }
      const { sealRequestId = '' } = await refused(ana.call('POST', '/me/tokens', token), 401, 'seal-required')
      const seal = await ana.tap(sealRequestId)

      const mend = await breakAudit(postern, databaseUrl)
      await refused(ana.call('POST', '/me/tokens', token, { 'postern-seal': seal }), 500, 'internal')
      await refused(ana.call('POST', '/projects', { name: 'lost', description: '' }), 500, 'internal')
      await refused(ana.call('DELETE', '/me/sessions'), 500, 'internal')
      await refused(ana.signOut(), 500, 'internal')
      await refused(signInWith(ana), 500, 'internal')
      await mend()

      assert.deepEqual(await ana.call('GET', '/projects'), { items: [], nextCursor: null })
      assert.deepEqual(await ana.call('GET', '/me/tokens'), { items: [] })
      await ana.call('POST', '/me/tokens', token, { 'postern-seal': seal })
    })

    test('a change that fails writes no event', async () => {
      await using postern = await startPostern({
        flags: store === 'SQLite' ? [] : postgresFlags(await postgresDatabase()),
      })
      const ana = await postern.owner()
      await ana.act('POST', '/groups', { name: 'one', description: '' })
      const events = () => postern.postern.ceremonies.database.read.selectFrom('auditEvent').select('id').execute()
      const before = (await events()).length
      await refused(ana.call('POST', '/groups', { name: 'ONE', description: '' }), 409, 'group-exists')
      await refused(ana.call('DELETE', '/groups/two'), 404, 'not-found')
      await refused(ana.call('DELETE', '/me/sessions/ses_none'), 404, 'not-found')
      assert.equal((await events()).length, before)
    })

    test('people and sessions outlive a restart; half-begun ceremonies need not', async () => {
      await using postern = await startPostern({
        flags: store === 'SQLite' ? [] : postgresFlags(await postgresDatabase()),
      })
      const ana = await postern.owner()
      await postern.restart()
      await ana.call('GET', '/me')
      await ana.signOut()
      await signInWith(ana)
    })
  })

/** Each of these lines would be an error of `npm run check` if it compiled. */
const refusedByTheCompiler = [
  // @ts-expect-error a handle reads the tables that it names, and no other
  (db: Db<'session'>) => db.selectFrom('user'),
  // @ts-expect-error what may be read may not be written
  (db: Db<'session'>) => db.insertInto('session'),
  // @ts-expect-error nothing is written outside a transaction
  ({ read }: Database) => read.updateTable('session'),
  // @ts-expect-error a transaction writes the tables that it names, and no other
  (tx: Tx<'seal' | 'auditEvent'>) => tx.deleteFrom('user'),
  // @ts-expect-error nor is it handed on to what writes more
  (tx: Tx<'seal'>): Tx<'seal' | 'auditEvent'> => tx,
  // @ts-expect-error nor to what reads more
  (db: Db<'session'>): Db<'session' | 'user'> => db,
]

test('a write outside a transaction, or of a table that was not named, does not compile', () => {
  assert.equal(refusedByTheCompiler.length, 6)
})
