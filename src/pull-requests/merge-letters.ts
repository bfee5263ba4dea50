import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { findUserById, findUserByUsername } from '../identity/users.ts'
import { listAdministrators } from '../repositories/administrators.ts'
import { branchName } from './records.ts'

interface BypassFacts {
  pullRequest: string
  branch: string
  by: string
  reason: string
  confirmBy: number
}

/** What somebody is told about a merge, by whatever way reaches them beside the page. */
export type MergeLetter = { toUserId: Id<'usr'>; dedupeKey?: string } & (
  | { kind: 'merge-bypassed' | 'bypass-overdue'; facts: BypassFacts }
  | { kind: 'merge-ready'; facts: { pullRequest: string; method: string } }
)

type Tables = Db<'user' | 'repository' | 'roleGrant' | 'groupMember' | 'pullRequest'>

/**
 * Whom an event about a merge concerns: what went past a rule, every administrator of the repository; a pull request that
 * waits for nothing but a tap, the person who wants to give it, once for each head.
 */
export async function listMergeLetters(db: Tables, event: AuditEntry): Promise<MergeLetter[]> {
  if (event.action === 'auto-merge.asked') return tellReady(db, event)
  if (event.action !== 'merge.bypassed' && event.action !== 'bypass.overdue') return []
  const row = await db
    .selectFrom('pullRequest')
    .select(['mergedBy', 'repositoryId'])
    .where('id', '=', event.target.id as Id<'prq'>)
    .executeTakeFirst()
  if (row === undefined) return []
  const merger = row.mergedBy === null ? undefined : await findUserById(db, row.mergedBy)
  const facts: BypassFacts = {
    pullRequest: nameOf(event),
    branch: branchName(textOf(event, 'ref')),
    by: merger?.displayName ?? 'Somebody',
    reason: textOf(event, 'reason'),
    confirmBy: Number(event.facts?.['confirmBy'] ?? event.at),
  }
  const kind = event.action === 'merge.bypassed' ? 'merge-bypassed' : 'bypass-overdue'
  return (await listAdministrators(db, row.repositoryId)).map((toUserId) => ({ toUserId, kind, facts }))
}

async function tellReady(db: Db<'user'>, event: AuditEntry): Promise<MergeLetter[]> {
  const person = await findUserByUsername(db, textOf(event, 'person'))
  if (person === undefined) return []
  return [
    {
      toUserId: person.id,
      kind: 'merge-ready',
      dedupeKey: `merge-ready ${event.target.id} ${textOf(event, 'head')} ${person.id}`,
      facts: { pullRequest: nameOf(event), method: textOf(event, 'method') },
    },
  ]
}

const textOf = ({ facts }: AuditEntry, name: string): string => String(facts?.[name] ?? '')
const nameOf = (event: AuditEntry): string => `${textOf(event, 'repository')}#${textOf(event, 'number')}`
