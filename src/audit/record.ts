import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { newSecret } from '../http/secret.ts'
import type { Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { Strength } from '../database/schema.ts'
import type { Action } from './actions.ts'

export interface AuditActor {
  id: Id<'usr'>
  method: 'session' | 'token' | 'passkey' | 'link' | 'shell' | 'system'
  strength: Strength | null
}

export interface AuditEntry {
  action: Action
  /** Null where nobody is known: a refused sign-in, the shell. */
  actor: AuditActor | null
  method?: AuditActor['method']
  target: { kind: string; id: string }
  repositoryId?: Id<'rep'> | null
  outcome?: 'done' | 'refused'
  /** Every fact of the decision: stands in the leaf as it is. */
  facts?: Record<string, string | number>
  /** Names, mail, addresses: in the leaf only as salted hashes. */
  personal?: Record<string, string>
  at: number
}

/**
 * `audit/` owns the record of what happened: each event written in the transaction of its change, its leaf bytes fixed
 * from then on. It never decides anything and never changes what it wrote.
 */
export async function recordEvent(tx: Tx<'auditEvent' | 'auditPersonal'>, entry: AuditEntry): Promise<Id<'evt'>> {
  const id = orderedId(entry.at)
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
    personal: Object.fromEntries(personal.map(({ field, salt, value }) => [field, commitment(salt, value)])),
  })
  if (leaf === undefined) throw new TypeError('an audit leaf must be JSON')
  await tx
    .insertInto('auditEvent')
    .values({
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
    })
    .execute()
  if (personal.length > 0)
    await tx
      .insertInto('auditPersonal')
      .values(personal.map((row) => ({ eventId: id, ...row, value: escapeHidden(row.value) })))
      .execute()
  return id
}

let recorded = 0

// Events of one millisecond keep their order by id: time, then a counter, then randomness against other nodes.
function orderedId(at: number): Id<'evt'> {
  recorded = (recorded + 1) % 36 ** 4
  const random = newId('evt').slice(4, 16)
  return `evt_${at.toString(36).padStart(9, '0')}${recorded.toString(36).padStart(4, '0')}${random}`
}

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
