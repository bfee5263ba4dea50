import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Strength, UserTable } from '../database/schema.ts'
import { createBreaks } from '../guardrails/breaks.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import type { Insights, KeyRow, PersonWithoutPasskey } from './shapes.ts'

type Tables = Db<'user' | 'credentialRecord'>

interface PersonKeys extends Pick<UserTable, 'id' | 'username' | 'displayName' | 'role' | 'createdAt'> {
  /** Of the strongest key that works at this address; null where there is none. */
  strongest: Strength | null
}

const pagePeople = 250

/** Everybody who could come in, by username, the example people left out; with breaks in which others get their turn. */
async function* readPeople(
  db: Tables,
  { rpId, after = '' }: { rpId: string; after?: string },
): AsyncGenerator<PersonKeys> {
  const breathe = createBreaks(5)
  for (;;) {
    const people = await db
      .selectFrom('user')
      .select(['id', 'username', 'displayName', 'role', 'createdAt'])
      .where('kind', '=', 'person')
      .where('state', '=', 'active')
      .where('isDemo', '=', 0)
      .where('username', '>', after)
      .orderBy('username')
      .limit(pagePeople)
      .execute()
    const strongest = await readStrongest(
      db,
      rpId,
      people.map(({ id }) => id),
    )
    for (const person of people) yield { ...person, strongest: strongest.get(person.id) ?? null }
    const last = people.at(-1)
    if (last === undefined || people.length < pagePeople) return
    after = last.username
    await breathe()
  }
}

async function readStrongest(db: Tables, rpId: string, ids: Id<'usr'>[]): Promise<Map<Id<'usr'>, Strength>> {
  const strongest = new Map<Id<'usr'>, Strength>()
  if (ids.length === 0) return strongest
  const records = await db
    .selectFrom('credentialRecord')
    .select(['userId', 'backupEligible', 'attestationOutcome', 'strengthCap'])
    .where('userId', 'in', ids)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    // A passkey of a former address opens nothing here.
    .where('rpId', '=', rpId)
    .execute()
  for (const record of records) {
    const strength = credentialStrength(record)
    const known = strongest.get(record.userId)
    if (known === undefined || isAtLeast(strength, known)) strongest.set(record.userId, strength)
  }
  return strongest
}

/** Strongest first, those without any last. */
const order: readonly (Strength | null)[] = ['attested', 'device-bound', 'passkey', 'mfa', 'password', null]

export async function countPeople(db: Tables, rpId: string): Promise<Insights['people']> {
  const counted = new Map<Strength | null, number>()
  let count = 0
  for await (const { strongest } of readPeople(db, { rpId })) {
    counted.set(strongest, (counted.get(strongest) ?? 0) + 1)
    count += 1
  }
  const rows = order.flatMap((strength): KeyRow[] => {
    const many = counted.get(strength)
    return many === undefined ? [] : [{ strength, count: many }]
  })
  return { count, rows }
}

/** A page of those who cannot come in, by username. */
export async function listPeopleWithoutPasskey(
  db: Tables,
  { rpId, cursor }: { rpId: string; cursor?: string | undefined },
): Promise<{ items: PersonWithoutPasskey[]; nextCursor: string | null }> {
  const [after] = cursor === undefined ? [''] : parseCursor(cursor, 'string')
  const found: PersonKeys[] = []
  for await (const person of readPeople(db, { rpId, after })) {
    if (person.strongest !== null) continue
    found.push(person)
    if (found.length > pageSize) break
  }
  return cutPage(
    found,
    ({ username }) => [username],
    ({ id, username, displayName, role, createdAt }) => ({ id, username, displayName, role, createdAt }),
  )
}
