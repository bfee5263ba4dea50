import { setImmediate } from 'node:timers/promises'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { OrganisationRole, TableName } from '../../database/schema.ts'
import { isOfShape } from '../../http/check-value.ts'
import type { CompiledPolicy } from '../../policy/compile.ts'
import { isPermittedFromSomewhere } from '../../policy/permits.ts'
import type { Caller } from '../caller.ts'
import { parsePasswordHash, UnusableHash } from '../passwords/password-hash.ts'
import { getSetting } from '../settings.ts'
import { DisplayName, Email, Username } from '../shapes.ts'
import { isReserved, plain } from '../users.ts'
import type { ListRow } from './read-list.ts'

/** One row, read and judged. */
export interface PlannedPerson {
  row: number
  username: string
  email: string
  displayName: string
  role: OrganisationRole
  groups: { id: Id<'grp'>; name: string }[]
  endsAt: number | null
  /** Kept, so that its person gets in with the password they know; null where they are invited to make a passkey. */
  hash: string | null
  /** What is otherwise than the list has it. */
  notes: string[]
  /** Why this row is left out; empty where it is not. */
  problems: string[]
}

interface Known {
  usernames: ReadonlySet<string>
  emails: ReadonlySet<string>
  groups: ReadonlyMap<
    string,
    { id: Id<'grp'>; name: string; managedBy: string | null; organisationRole: string | null }
  >
  guestDays: number
}

const dayMs = 86_400_000
const longestDays = 3650

/** What importing this list would do, row by row. Nothing is written. */
export async function planImport(
  db: Db<TableName>,
  list: readonly ListRow[],
  context: { caller: Pick<Caller, 'role'>; policy: CompiledPolicy; at: number },
): Promise<PlannedPerson[]> {
  const known = await readKnown(db)
  const seen = { usernames: new Map<string, number>(), emails: new Map<string, number>() }
  const planned: PlannedPerson[] = []
  for (const row of list) {
    // Twenty thousand rows take a while: others get their turn.
    if (planned.length % 500 === 499) await setImmediate()
    planned.push(planPerson(row, { ...context, known, seen }))
  }
  return planned
}

async function readKnown(db: Db<'user' | 'accountAddress' | 'userGroup' | 'setting'>): Promise<Known> {
  const users = await db.selectFrom('user').select(['id', 'username', 'email', 'state', 'kind']).execute()
  const written = await db
    .selectFrom('accountAddress')
    .innerJoin('user', 'user.id', 'accountAddress.userId')
    .select('userId')
    .where('provenAt', 'is', null)
    .where('formerAt', 'is', null)
    .where('managedBy', 'is', null)
    .execute()
  // As `isOnlyWritten` of each.
  const onlyWritten = new Set<string>(written.map(({ userId }) => userId))
  const groups = await db.selectFrom('userGroup').select(['id', 'name', 'managedBy', 'organisationRole']).execute()
  const here = users.filter(({ id, state, kind }) => state === 'active' && kind === 'person' && !onlyWritten.has(id))
  return {
    usernames: new Set(users.map(({ username }) => username)),
    emails: new Set(here.map(({ email }) => email.toLowerCase())),
    groups: new Map(groups.map((group) => [group.name.toLowerCase(), group])),
    guestDays: await getSetting(db, 'guestDays'),
  }
}

type Context = Parameters<typeof planImport>[2] & {
  known: Known
  seen: { usernames: Map<string, number>; emails: Map<string, number> }
}

function planPerson({ row, cells }: ListRow, context: Context): PlannedPerson {
  const problems: string[] = []
  const notes: string[] = []
  const username = (cells.username ?? '').toLowerCase()
  const email = cells.email ?? ''
  checkNames({ row, username, email }, context, problems)
  const role = readRole(cells.role ?? '', context, problems)
  const groups = readGroups(cells.groups ?? '', context, problems)
  const person = { row, username, email, role, groups, notes, problems }
  const displayName = readDisplayName(cells.displayName ?? '', person)
  const endsAt = readEnd(cells.endsAt ?? '', { role, ...context }, person)
  const hash = readHash(cells.passwordHash ?? '', context, person)
  return { ...person, displayName, endsAt, hash }
}

function checkNames(
  { row, username, email }: { row: number; username: string; email: string },
  { known, seen }: Context,
  problems: string[],
): void {
  if (!isOfShape(Username, username)) problems.push('The username is not 2–39 characters of a–z, 0–9 and -.')
  else if (known.usernames.has(username) || isReserved(username)) problems.push(`The name ${username} is taken.`)
  // What a spreadsheet would run is nobody's address.
  if (!isOfShape(Email, email) || /^[=+\-@]/.test(email)) problems.push('The e-mail is no address.')
  else if (known.emails.has(email.toLowerCase())) problems.push('Somebody with this address is here already.')
  for (const [names, name, word] of [
    [seen.usernames, username, 'name'],
    [seen.emails, email.toLowerCase(), 'address'],
  ] as const) {
    const before = names.get(name)
    if (before === undefined) names.set(name, row)
    else problems.push(`Row ${before} has the same ${word}.`)
  }
}

const roles: readonly string[] = ['owner', 'admin', 'member', 'guest']

function readRole(text: string, { caller }: Context, problems: string[]): OrganisationRole {
  const role = text === '' ? 'member' : text.toLowerCase()
  if (!roles.includes(role)) {
    problems.push('The role is none of owner, admin, member, guest.')
    return 'member'
  }
  if (caller.role !== 'owner' && (role === 'owner' || role === 'admin'))
    problems.push('Only an owner can add owners and administrators.')
  return role as OrganisationRole
}

function readGroups(text: string, { known }: Context, problems: string[]): PlannedPerson['groups'] {
  const names = new Set(text.split(/[;,|]/).map((name) => name.trim().toLowerCase()))
  names.delete('')
  return [...names].flatMap((name) => {
    const group = known.groups.get(name)
    if (group === undefined) problems.push(`There is no group ${plain(name).slice(0, 60)}.`)
    else if (group.managedBy !== null) problems.push(`A directory keeps the members of ${group.name}.`)
    else if (group.organisationRole !== null)
      problems.push(`The group ${group.name} gives a role: put people in by hand.`)
    else return [{ id: group.id, name: group.name }]
    return []
  })
}

function readDisplayName(
  text: string,
  { username, notes, problems }: Pick<PlannedPerson, 'username' | 'notes' | 'problems'>,
): string {
  if (text === '') return username
  // Nothing that hides or turns text round, and nothing that a spreadsheet would run when the list is exported again.
  const name = plain(text).replace(/^[=+\-@\s]+/, '')
  if (!isOfShape(DisplayName, name)) problems.push('The name is empty, or longer than 100 characters.')
  else if (name !== text) notes.push(`The name was cleaned: ${name}`)
  return name
}

function readEnd(
  text: string,
  { role, known, at }: Context & { role: OrganisationRole },
  { problems }: Pick<PlannedPerson, 'problems'>,
): number | null {
  const latest = at + (role === 'guest' ? known.guestDays : longestDays) * dayMs
  if (text === '') return role === 'guest' ? latest : null
  const endsAt = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(endsAt)) problems.push('The end is no day such as 2027-03-31.')
  else if (endsAt <= at) problems.push('The end has passed.')
  else if (endsAt > latest)
    problems.push(`The end is more than ${role === 'guest' ? known.guestDays : longestDays} days away.`)
  return Number.isNaN(endsAt) ? null : endsAt
}

/** Kept only where it would let its person in today: whatever nobody can use, nobody should be able to steal. */
function readHash(
  text: string,
  { policy, at }: Context,
  person: Pick<PlannedPerson, 'username' | 'role' | 'groups' | 'notes' | 'problems'>,
): string | null {
  if (text === '') return null
  try {
    parsePasswordHash(text)
  } catch (error) {
    if (!(error instanceof UnusableHash)) throw error
    person.problems.push(`The password hash ${error.message}.`)
    return null
  }
  const groups = person.groups.map(({ name }) => name)
  const actor = { kind: 'person' as const, username: person.username, role: person.role, groups }
  if (isPermittedFromSomewhere(policy, { at, actor })) return text
  person.notes.push('The hash is not kept: no rule lets them in with a password.')
  return null
}
