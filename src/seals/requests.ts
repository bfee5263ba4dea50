import type { Database, Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { conflict, notFound, ProblemError } from '../http/problem.ts'
import { type CredentialRecord, listCredentialRecords } from '../identity/credential-records.ts'
import { listPersonRefs } from '../identity/users.ts'
import { credentialStrength } from '../policy/strength.ts'
import type { CommitTemplate } from './format/commit.ts'
import type { StatementDraft } from './format/statement.ts'
import type { Facts, SealRequest } from './shapes.ts'

/** How long a statement waits for its tap. */
export const sealLifetimeMs = 5 * 60_000

/** How many statements of one requester may wait for one person at once. */
export const mostOpenRequests = 100

/** What a request keeps until somebody taps: the statement without its credential, and for merges the commit to be. */
export interface SealDraft {
  statement: StatementDraft
  template?: CommitTemplate
  /** Refuse, before the tap, credentials whose signature stock git cannot check. */
  stockVerifiableOnly: boolean
}

export interface NewSealRequest {
  userId: Id<'usr'>
  requestedBy: Id<'usr'>
  action: string
  repositoryId: Id<'rep'> | null
  draft: SealDraft
  facts: Facts
  at: number
}

/** Stores a statement that waits for one person's tap and can succeed once. */
export async function createSealRequest(
  tx: Tx<'sealRequest'>,
  wanted: NewSealRequest,
): Promise<{ id: Id<'srq'>; expiresAt: number }> {
  const { at, draft, facts, ...rest } = wanted
  await checkRoom(tx, wanted)
  const row = {
    ...rest,
    id: newId('srq'),
    draft: JSON.stringify(draft),
    facts: JSON.stringify(facts),
    state: 'open' as const,
    createdAt: at,
    expiresAt: at + sealLifetimeMs,
  }
  await tx.insertInto('sealRequest').values(row).execute()
  return { id: row.id, expiresAt: row.expiresAt }
}

/** @throws 429 where too many wait already, so that nobody is worn down by prompts */
async function checkRoom(db: Db<'sealRequest'>, { userId, requestedBy, at }: NewSealRequest): Promise<void> {
  const { count } = await db
    .selectFrom('sealRequest')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('userId', '=', userId)
    .where('requestedBy', '=', requestedBy)
    .where('state', '=', 'open')
    .where('expiresAt', '>', at)
    .executeTakeFirstOrThrow()
  if (count < mostOpenRequests) return
  throw new ProblemError(429, 'too-many-requests', 'Too many acts already wait for a tap.', {
    help: 'Answer or refuse some of them, or wait five minutes.',
    headers: { 'retry-after': '300' },
  })
}

/** The request, if it is this person's; another's looks like none. @throws 404 */
export async function getSealRequest(db: Db<'sealRequest'>, id: string, userId: Id<'usr'>): Promise<SealRequestTable> {
  const row = await db
    .selectFrom('sealRequest')
    .selectAll()
    .where('id', '=', id as Id<'srq'>)
    .where('userId', '=', userId)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This request')
  return row
}

export const draftOf = (row: SealRequestTable): SealDraft => JSON.parse(row.draft) as SealDraft

/** @throws 409 with what happened to it, where it no longer waits */
export function checkOpen(row: SealRequestTable, now: number): void {
  if (row.state === 'sealed') throw conflict('already-sealed', 'This was already sealed.')
  if (row.state === 'refused') throw conflict('refused', 'This was refused.')
  if (now >= row.expiresAt)
    throw conflict('seal-expired', 'This waited too long and has expired.', {
      help: 'Start again: a fresh statement is made.',
    })
}

/** Why this credential cannot seal this, in a sentence; undefined where it can. */
export function refusalOf(record: CredentialRecord, draft: SealDraft): string | undefined {
  if (draft.stockVerifiableOnly && record.algorithm !== -7)
    return 'This branch takes only keys whose signature stock git can check (ES256). Use another key, or add one.'
  return undefined
}

/** What the page beside the tap shows. */
export async function renderSealRequest(
  database: Database,
  row: SealRequestTable,
  sessionCredentialId: string,
  now: number,
): Promise<SealRequest> {
  const draft = draftOf(row)
  const records = await listCredentialRecords(database.read, row.userId)
  const people = await listPersonRefs(database.read, [row.requestedBy])
  const options = records.map((record) => ({
    id: record.id,
    name: record.name,
    strength: credentialStrength(record),
    stockVerifiable: record.algorithm === -7,
    refusal: refusalOf(record, draft) ?? null,
  }))
  const rank = (option: (typeof options)[number]): number =>
    (option.refusal === null ? 0 : 2) + (option.id === sessionCredentialId ? 0 : 1)
  return {
    id: row.id,
    action: row.action,
    state: row.state === 'open' && now >= row.expiresAt ? 'expired' : row.state,
    facts: JSON.parse(row.facts) as Facts,
    requestedBy: people.get(row.requestedBy) ?? { id: row.requestedBy, username: '', displayName: '' },
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    credentials: options.sort((one, other) => rank(one) - rank(other)),
  }
}
