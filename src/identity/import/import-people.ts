import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { TakenSeal } from '../../http/access.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { checkStillAs } from '../ending/check-still-here.ts'
import type { InvitationParts } from '../invitations/invite.ts'
import { whatWords } from '../invitations/what-words.ts'
import { keepPassword } from '../passwords/password-logins.ts'
import { releaseWritten } from '../profile/release-address.ts'
import { createRegistrationLink, linkUrl } from '../registration-links.ts'
import { createUser } from '../users.ts'
import { findGroupProblems } from './group-problems.ts'
import type { PlannedPerson } from './plan-import.ts'

export interface ImportParts {
  database: Database
  origin: string
  /** Null where no mail is set up: links are then shown to whoever imports. */
  queueLetter: InvitationParts['queueLetter']
}

export interface Imported {
  created: number
  passwords: number
  invited: number
  /** By row, why somebody was left out. */
  leftOut: { row: number; username: string; problems: string[] }[]
  /** Where no letter brings them. */
  links: { username: string; email: string; link: string; expiresAt: number }[]
}

/** So many in one transaction: others write in between. */
const batch = 100

/**
 * Makes the people of a plan who have no problem, by one tap. Whoever has a name by then that the list has too stays as
 * they are, so that an import that was cut off can be repeated.
 */
export async function importPeople(
  parts: ImportParts,
  { caller, takeSeal, now }: Act,
  { planned, text }: { planned: readonly PlannedPerson[]; text: string },
): Promise<Imported> {
  const done: Imported = { created: 0, passwords: 0, invited: 0, leftOut: [], links: [] }
  for (const { row, username, problems } of planned)
    if (problems.length > 0) done.leftOut.push({ row, username, problems })
  const good = planned.filter(({ problems }) => problems.length === 0)
  let seal: TakenSeal | undefined
  for (let from = 0; from < Math.max(1, good.length); from += batch) {
    const some = good.slice(from, from + batch)
    const made = await parts.database.write(async (tx) => {
      const at = now()
      const taken = seal ?? (await takeSeal(tx))
      // The tap was for all of them; whether its person may still do it is asked for each.
      if (seal !== undefined) await checkStillAs(tx, caller)
      if (seal === undefined)
        await recordEvent(tx, {
          action: 'person.imported',
          actor: actorOf(caller, taken),
          target: { kind: 'list', id: hash('sha256', text, 'hex') },
          facts: { count: good.length, leftOut: done.leftOut.length, seal: taken.id },
          at,
        })
      return { seal: taken, ...(await makeSome(parts, tx, { some, caller, seal: taken, at })) }
    })
    seal = made.seal
    done.created += made.people.length
    done.passwords += made.people.filter(({ hash: kept }) => kept !== null).length
    done.invited += made.people.filter(({ hash: kept }) => kept === null).length
    done.leftOut.push(...made.leftOut)
    done.links.push(...made.links)
    await setImmediate()
  }
  return done
}

async function makeSome(
  parts: ImportParts,
  tx: Tx<TableName>,
  { some, caller, seal, at }: { some: readonly PlannedPerson[]; caller: Caller; seal: TakenSeal; at: number },
) {
  const names = some.map(({ username }) => username)
  const rows =
    names.length === 0 ? [] : await tx.selectFrom('user').select('username').where('username', 'in', names).execute()
  const taken = new Set(rows.map(({ username }) => username))
  const closed = await findGroupProblems(tx, some)
  const leftOut = some.flatMap(({ row, username, groups }) => {
    const problems = [
      ...(taken.has(username) ? [`The name ${username} is taken.`] : []),
      ...groups.flatMap(({ id }) => closed.get(id) ?? []),
    ]
    return problems.length === 0 ? [] : [{ row, username, problems }]
  })
  const isLeftOut = new Set(leftOut.map(({ username }) => username))
  const people = some.filter(({ username }) => !isLeftOut.has(username))
  const links: Imported['links'] = []
  for (const person of people) {
    const { username, email, displayName, role, endsAt } = person
    const sponsorId = role === 'guest' ? caller.id : null
    const user = await createUser(tx, {
      username,
      email,
      displayName,
      role,
      endsAt,
      sponsorId,
      createdBy: caller.id,
      at,
    })
    await releaseWritten(tx, email, { to: user.id, broughtBy: caller.username, at })
    for (const { id: groupId } of person.groups)
      await tx.insertInto('groupMember').values({ groupId, userId: user.id, joinedAt: at }).execute()
    await noteAdded(tx, { person, userId: user.id, caller, seal, at })
    if (person.hash === null) links.push(...(await invite(parts, tx, { person, userId: user.id, caller, at })))
    else await keepPassword(tx, { userId: user.id, hash: person.hash, at })
  }
  return { people, links, leftOut }
}

/** Their link by letter, or where no mail is set up for whoever imports to hand over. */
async function invite(
  { origin, queueLetter }: ImportParts,
  tx: Tx<TableName>,
  { person, userId, caller, at }: { person: PlannedPerson; userId: Id<'usr'>; caller: Caller; at: number },
): Promise<Imported['links']> {
  const { username, email } = person
  const made = await createRegistrationLink(tx, { purpose: 'invitation', userId, createdBy: caller.id, at })
  const { expiresAt } = made
  const link = linkUrl(origin, made.token)
  if (queueLetter === null) return [{ username, email, link, expiresAt }]
  const facts = { by: caller.displayName, what: whatWords(person, []), message: '', link, expiresAt }
  await queueLetter(tx, { address: email, facts })
  return []
}

async function noteAdded(
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  {
    person,
    userId,
    caller,
    seal,
    at,
  }: { person: PlannedPerson; userId: Id<'usr'>; caller: Caller; seal: TakenSeal; at: number },
): Promise<void> {
  const actor = actorOf(caller, seal)
  await recordEvent(tx, {
    action: 'person.added',
    actor,
    target: { kind: 'user', id: userId },
    facts: { person: person.username, role: person.role, password: person.hash === null ? 0 : 1, seal: seal.id },
    personal: { displayName: person.displayName, email: person.email },
    at,
  })
  for (const { id, name } of person.groups)
    await recordEvent(tx, {
      action: 'group.member-added',
      actor,
      target: { kind: 'group', id },
      facts: { group: name, person: person.username, personId: userId, seal: seal.id },
      at,
    })
}
