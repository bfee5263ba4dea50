import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { accessKinds } from '../src/composition/access-kinds.ts'
import { openDatabase } from '../src/database/open.ts'
import { loadConfig } from '../src/config.ts'

/**
 * Every table with a column that names a user is ended by some kind of access, or stands here with why nobody comes in
 * with it. A new table without an entry fails.
 */
const noAccess: Record<string, string> = {
  user: 'the account itself: its state is the end',
  accessEnd: 'the receipts of ends',
  accountAddress: 'which addresses an account has and had, hashed: keeps out, and admits nobody',
  auditEvent: 'the record of what happened, which stays',
  groupMember: 'says what a person may do, and admits nobody',
  roleGrant: 'says what somebody may do, and admits nobody',
  challenge: 'lives for five minutes, and every ceremony asks for the person’s state when it ends',
  project: 'who made it, for the page',
  repository: 'who made it, for the page',
  protectedBranch: 'who protected it, for the page',
  refUpdate: 'prepared only while its actor is here, asked in that transaction',
  branchLease: 'holds a branch for a minute at most, and merges nothing',
  pullRequest: 'who wrote and merged it; merging when ready asks for a tap that nobody can make any more',
  review: 'what somebody thought of a change; whether an approval counts is judged at each reading',
  reviewThread: 'talk, which stays',
  reviewComment: 'talk, which stays',
  reviewerRequest: 'whom somebody asked',
  commitStatus: 'what a program said, with a token that has ended',
  seal: 'the proof of what was tapped; used up only while its person is here, asked in that transaction',
  policyChange: 'a proposal comes into force by another person’s tap alone',
  setting: 'who changed it last',
  scimUser: 'how a directory knows a person',
  domain: 'the organisation’s: who added it',
  domainClaim: 'the organisation’s claim to an account: who made it',
  identityProvider: 'the organisation’s: who set it up',
  witness: 'the organisation’s: who named it',
  lfsLock: 'tells others who works on a file; an administrator takes it away',
  formerPath: 'kept for whoever deleted what lay there: who takes its name needs the account all the same',
  emailVerification: 'shows that an address is the account’s, and admits nobody',
  permission: 'what an agent asked to be allowed: whoever gives it taps, and its token has ended',
  announcement: 'a letter to a group: who wrote it',
  announcementReader: 'who was reached',
  metadataBlob: 'by which statuses it was judged',
  userGroup: 'which directory keeps it',
  application: 'the organisation’s: who set it up',
  notificationChoice: 'a wish about letters',
  letter: 'sent to nobody who is gone, but for the one that says so',
}

const namesUser = /^(user|owner|sponsor|steward|actor|author|toUser|subject|person|member|agent|accepted)Id$|By$/

test('every table that names a user is claimed by a kind of access, or says why it admits nobody', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-tables-'))
  try {
    const { databaseUrl } = loadConfig(['--data', folder], {})
    await (await openDatabase(databaseUrl)).close()
    const claimed = new Set<string>(accessKinds.flatMap(({ tables }) => tables))
    const database = new DatabaseSync(databaseUrl.replace(/^sqlite:|^file:/, ''), { readOnly: true })
    const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all() as { name: string }[]
    const naming = tables
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('kysely') && !name.startsWith('sqlite'))
      .filter((name) =>
        (database.prepare(`select name from pragma_table_info(?)`).all(name) as { name: string }[]).some((column) =>
          namesUser.test(column.name),
        ),
      )
    database.close()
    assert.deepEqual(
      naming.filter((name) => !claimed.has(name) && !Object.hasOwn(noAccess, name)),
      [],
      'these tables name a user: add a kind to src/composition/access-kinds.ts, or say here why nobody comes in with one',
    )
    assert.deepEqual(
      Object.keys(noAccess).filter((name) => claimed.has(name) || (!naming.includes(name) && name !== 'challenge')),
      [],
      'these entries are not needed',
    )
    assert.ok(naming.length > 25, 'the columns were not seen')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('each kind has a name of its own, as a receipt says it', () => {
  const names = accessKinds.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})
