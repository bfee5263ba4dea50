import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect } from '../handles.ts'
import { typedSql } from '../typed-sql.ts'

interface Account {
  id: string
  email: string
  provenAt: number | null
}

/** Which addresses an account has and had, so that nobody whose access ended comes again by one of them. */
export const accountAddresses = (dialect: Dialect): Migration => ({
  async up(database: Kysely<unknown>) {
    const run = typedSql(dialect, database)
    await run(`create table "accountAddress" ("userId" text not null references "user" ("id") on delete cascade,
      "addressHash" text not null, "provenAt" integer, "formerAt" integer, primary key ("userId", "addressHash"))`)
    await run('create index "accountAddressHash" on "accountAddress" ("addressHash")')
    // Somebody here, a directory or another place gave it, unless its person has written another one since.
    const { rows } = await sql<Account>`select "id", "email", coalesce("emailVerifiedAt", case
      when "managedBy" like 'dir%' then "createdAt"
      when "managedBy" like 'dom%' and "createdBy" is null then "createdAt"
      when ("createdBy" is not null or "role" = 'owner') and not exists (select 1 from "auditEvent"
        where "action" = 'profile.changed' and "targetId" = "user"."id") then "createdAt" end) as "provenAt"
      from "user" where "kind" = 'person' and "email" <> ''`.execute(database)
    for (const { id, email, provenAt } of rows)
      await sql`insert into "accountAddress" ("userId", "addressHash", "provenAt", "formerAt")
        values (${id}, ${hash('sha256', fold(email), 'base64url')}, ${provenAt}, null)`.execute(database)
    await endGuests(database, Date.now())
  },
})

/** As `identity/fold-address.ts` did when this was written. */
function fold(email: string): string {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1).replace(/\.$/, '')
  const local = email.slice(0, at).normalize('NFC').toLowerCase()
  return `${local}@${domainToASCII(domain).toLowerCase() || domain.normalize('NFC').toLowerCase()}`
}

const dayMs = 24 * 3_600_000

/** Guests from before guests had an end: they get the one of a guest who comes today. */
async function endGuests(database: Kysely<unknown>, at: number): Promise<void> {
  const { rows } = await sql<{ value: string }>`select "value" from "setting" where "name" = 'guestDays'`.execute(
    database,
  )
  const days = Number(rows[0]?.value ?? 90)
  await sql`update "user" set "endsAt" = ${at + (Number.isInteger(days) && days > 0 ? days : 90) * dayMs},
    "sponsorId" = coalesce("sponsorId", "createdBy")
    where "kind" = 'person' and "role" = 'guest' and "state" = 'active' and "endsAt" is null and "isDemo" = 0`.execute(
    database,
  )
}
