import type { AuditEntry } from '../audit/entry.ts'
import { namePerson } from '../audit/name-person.ts'
import { recordEvent } from '../audit/record.ts'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { getSetting } from '../identity/settings.ts'
import type { PersonRef } from '../identity/users.ts'
import { listAdministrators } from './administrators.ts'

const dayMs = 24 * 3_600_000

/** Until when what somebody looked after goes on after their access has ended; then it is switched off unless kept. */
export const getKeepBy = async (db: Db<'setting'>, at: number): Promise<number> =>
  at + (await getSetting(db, 'keepDays')) * dayMs

export interface LeftBehind {
  what: 'webhook' | 'mirror'
  id: Id<'whk'> | Id<'mir'>
  repositoryId: Id<'rep'>
  url: string
  /** Whose access ended. */
  person: PersonRef
  keepBy: number
}

/**
 * A webhook or a mirror belongs to its repository: it goes on when its steward's access ends, and the repository's
 * administrators hear of it. In the transaction of the end.
 */
export async function recordPassedOn(tx: Tx<'auditEvent' | 'auditPersonal'>, left: LeftBehind, at: number) {
  const repository = await findPath(tx, left.repositoryId)
  if (repository === undefined) return
  const { facts, personal } = namePerson('person', left.person)
  await recordEvent(tx, {
    action: `${left.what}.passed-on`,
    actor: null,
    target: { kind: left.what, id: left.id },
    repositoryId: left.repositoryId,
    facts: { repository, host: new URL(left.url).host, ...facts, keepBy: left.keepBy },
    personal,
    at,
  })
}

export interface StewardLetter {
  toUserId: Id<'usr'>
  kind: 'left-behind' | 'left-behind-off'
  facts: { what: string; repository: string; host: string; person: string; keepBy: number }
}

/** Whom an event about something left behind concerns: every administrator of its repository. */
export async function listStewardLetters(
  db: Db<'user' | 'repository' | 'roleGrant' | 'groupMember'>,
  { action, facts = {}, personal, repositoryId, at }: AuditEntry,
): Promise<StewardLetter[]> {
  const [what = '', verb] = action.split('.')
  const isOff = verb === 'switched-off' && facts['person'] !== undefined
  if ((what !== 'webhook' && what !== 'mirror') || (verb !== 'passed-on' && !isOff) || !repositoryId) return []
  const told = {
    what,
    repository: String(facts['repository'] ?? ''),
    host: String(facts['host'] ?? ''),
    person: personal?.['person'] ?? String(facts['person'] ?? ''),
    keepBy: Number(facts['keepBy'] ?? at),
  }
  return (await listAdministrators(db, repositoryId)).map((toUserId) => ({
    toUserId,
    kind: isOff ? 'left-behind-off' : 'left-behind',
    facts: told,
  }))
}

export async function findPath(db: Db<'repository' | 'project'>, id: Id<'rep'>): Promise<string | undefined> {
  const row = await db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['project.name as project', 'repository.name as repository'])
    .where('repository.id', '=', id)
    .executeTakeFirst()
  return row && `${row.project}/${row.repository}`
}
