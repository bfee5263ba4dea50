import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { newSecret } from '../http/secret.ts'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import type { AuditEventTable, AuditPersonalTable } from '../database/schema.ts'
import type { AuditEntry } from './entry.ts'
import { newEventId } from './event-id.ts'
import { tellFollowers } from './follow-events.ts'

export type { AuditActor, AuditEntry } from './entry.ts'

/**
 * `audit/` owns the record of what happened: each event written in the transaction of its change, its leaf bytes fixed
 * from then on, and the log over all of them, `ledger/`. It never decides anything and never changes what it wrote.
 */
export async function recordEvent(tx: Tx<'auditEvent' | 'auditPersonal'>, entry: AuditEntry): Promise<Id<'evt'>> {
  const id = newEventId(entry.at)
  const personal = Object.entries(entry.personal ?? {}).map(([field, value]) => ({ field, value, salt: newSecret() }))
  const method = entry.actor?.method ?? entry.method ?? 'system'
  const leaf = canonicalize({
    version: 1,
    id,
    at: entry.at,
    action: entry.action,
    outcome: entry.outcome ?? 'done',
    actor: entry.actor?.id ?? '',
    method,
    strength: entry.actor?.strength ?? '',
    target: { kind: entry.target.kind, id: entry.target.id },
    repository: entry.repositoryId ?? '',
    facts: visible(entry.facts ?? {}),
    ...(entry.decision === undefined ? {} : { decision: entry.decision }),
    personal: Object.fromEntries(personal.map(({ field, salt, value }) => [field, commitment(salt, value)])),
  })
  if (leaf === undefined) throw new TypeError('an audit leaf must be JSON')
  await insertEvent(tx, {
    id,
    occurredAt: entry.at,
    action: entry.action,
    actorId: entry.actor?.id ?? null,
    targetKind: entry.target.kind,
    targetId: entry.target.id,
    repositoryId: entry.repositoryId ?? null,
    method,
    strength: entry.actor?.strength ?? null,
    outcome: entry.outcome ?? 'done',
    leaf,
    leafIndex: null,
    policyAct: entry.decision?.act ?? null,
  })
  for (const row of personal) await insertPersonal(tx, { eventId: id, ...row, value: escapeHidden(row.value) })
  await tellFollowers(tx, entry, id)
  return id
}

const insertEvent = prepared((tx: Tx<'auditEvent'>, row: AuditEventTable) => tx.insertInto('auditEvent').values(row))
const insertPersonal = prepared((tx: Tx<'auditPersonal'>, row: AuditPersonalTable) =>
  tx.insertInto('auditPersonal').values(row),
)

/** What the leaf says of a value that may be erased: SHA-256 over salt and value, hex. */
export const commitment = (salt: string, value: string): string =>
  hash('sha256', `${salt}\n${escapeHidden(value)}`, 'hex')

function visible(facts: Record<string, string | number>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? escapeHidden(value) : value]),
  )
}

/** Control, bidirectional and invisible characters as `\u{…}`, so that no entry can look like another. */
export const escapeHidden = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
