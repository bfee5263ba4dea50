import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { SealRequestTable, Strength } from '../database/schema.ts'
import { conflict, notFound, nothingLeft, ProblemError } from '../http/problem.ts'
import { type CredentialRecord, listCredentialRecords } from '../identity/credential-records.ts'
import type { SessionCaller } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { listPersonRefs } from '../identity/users.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import { strengthWords } from '../policy/words.ts'
import { type Asked, askedColumns, renderAskedFrom } from './asked-from.ts'
import { newCode, renderCode } from './code.ts'
import type { ObjectTemplate } from './format/signing.ts'
import type { StatementDraft } from './format/statement.ts'
import { createTapJudge, type TapJudge, type TapQuestion } from './judge-tap.ts'
import type { Facts, SealRequest } from './shapes.ts'

/** How long a statement waits for its tap, unless whoever asks gives it longer. */
export const sealLifetimeMs = 5 * 60_000
export const longestSealLifetimeMs = 7 * 24 * 3_600_000

/** How many statements of one requester may wait for one person at once. */
export const mostOpenRequests = 100
/** The same for everybody whom one requester asks. */
export const mostOpenOfRequester = 300

/** An expired request is kept this long, so that who waits for it learns what became of it. */
const keptAfterExpiryMs = 24 * 3_600_000

/** What a request keeps until somebody taps: the statement without its credential, and for merges and tags the object to be. */
export interface SealDraft {
  statement: StatementDraft
  /** What the rules are asked about. */
  question: TapQuestion
  template?: ObjectTemplate
  /** Refuse, before the tap, credentials whose signature stock git cannot check. */
  stockVerifiableOnly: boolean
  /** The same for credentials that the branch's own rule finds too weak. */
  leastStrength?: Strength
  /** What the act needs back when somebody has tapped, beside what the statement says. */
  kept?: string
}

export interface NewSealRequest {
  userId: Id<'usr'>
  requestedBy: Id<'usr'>
  action: string
  repositoryId: Id<'rep'> | null
  /** Its statement is to be good for as long as the request waits. */
  draft: SealDraft
  facts: Facts
  at: number
  /** Five minutes unless told; at most a week. */
  lifetimeMs?: number
  /** Id of the one thing that several people are asked about. */
  about?: string
  asked?: Asked
}

/**
 * Stores a statement that waits for one person's tap and can succeed once. What another person or a token asks for has
 * a link at once and stands in that person's inbox; what a page asks the one in front of it gets one when wanted.
 */
export async function createSealRequest(
  tx: Tx<'sealRequest'>,
  wanted: NewSealRequest,
): Promise<{ id: Id<'srq'>; expiresAt: number; code: string | null }> {
  const { at, draft, facts, asked, lifetimeMs = sealLifetimeMs, about = null, ...rest } = wanted
  if (lifetimeMs > longestSealLifetimeMs) throw new RangeError('a seal request waits for a week at most')
  await checkRoom(tx, wanted)
  await sweepExpired(tx, wanted)
  const row: SealRequestTable = {
    ...rest,
    ...askedColumns(asked),
    id: newId('srq'),
    about,
    code: rest.userId !== rest.requestedBy || (asked?.via ?? 'session') !== 'session' ? newCode() : null,
    draft: JSON.stringify(draft),
    facts: JSON.stringify(facts),
    state: 'open',
    createdAt: at,
    expiresAt: at + lifetimeMs,
    announcedAt: null,
  }
  await tx.insertInto('sealRequest').values(row).execute()
  return { id: row.id, expiresAt: row.expiresAt, code: row.code && renderCode(row.code) }
}

/** What one requester left behind goes when they ask again; what was sealed is told by its seal. */
async function sweepExpired(tx: Tx<'sealRequest'>, { requestedBy, at }: NewSealRequest): Promise<void> {
  await tx
    .deleteFrom('sealRequest')
    .where('requestedBy', '=', requestedBy)
    .where('expiresAt', '<', at - keptAfterExpiryMs)
    .execute()
}

/** @throws 429 where too many wait already, so that nobody is worn down by prompts */
async function checkRoom(db: Db<'sealRequest'>, { userId, requestedBy, at }: NewSealRequest): Promise<void> {
  const { mine, all } = await db
    .selectFrom('sealRequest')
    .select((eb) => [
      eb.fn.countAll<number>().as('all'),
      eb.fn.countAll<number>().filterWhere('userId', '=', userId).as('mine'),
    ])
    .where('requestedBy', '=', requestedBy)
    .where('state', '=', 'open')
    .where('expiresAt', '>', at)
    .executeTakeFirstOrThrow()
  if (mine < mostOpenRequests && all < mostOpenOfRequester) return
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

/**
 * The code of its link; made the first time its person wants to answer on another device, who is then told from where
 * and with what.
 * @throws 409 where it is over
 */
export async function offerElsewhere(
  tx: Tx<'sealRequest'>,
  row: SealRequestTable,
  { address, device, at }: { address: string; device: string; at: number },
): Promise<string> {
  checkOpen(row, at)
  await tx
    .updateTable('sealRequest')
    .set({ code: newCode(), ...(row.requestedFrom === '' ? { requestedFrom: address, requestedDevice: device } : {}) })
    .where('id', '=', row.id)
    .where('code', 'is', null)
    .execute()
  const { code } = await getSealRequest(tx, row.id, row.userId)
  return renderCode(code ?? '')
}

export const draftOf = (row: SealRequestTable): SealDraft => JSON.parse(row.draft) as SealDraft

export type RequestState = SealRequestTable['state'] | 'expired'

export const stateOf = (row: SealRequestTable, now: number): RequestState =>
  row.state === 'open' && now >= row.expiresAt ? 'expired' : row.state

const startAgain = 'Start again: a fresh statement is made.'

/** What it asks for, in one line. It may name people, so that it stands in no leaf of the ledger by itself. */
export const titleOf = (row: Pick<SealRequestTable, 'facts'>): string => (JSON.parse(row.facts) as Facts).title

/** @throws 409 with what happened to it, where it no longer waits */
export function checkOpen(row: SealRequestTable, now: number): void {
  if (row.state === 'sealed') throw conflict('already-sealed', 'This was already sealed.', { help: nothingLeft })
  if (row.state === 'refused') throw conflict('refused', 'This was refused.', { help: startAgain })
  if (row.action === 'push' && (row.state === 'withdrawn' || now >= row.expiresAt))
    throw conflict('push-over', 'This push is over.', { help: 'Push again, and tap while it waits.' })
  if (row.state === 'withdrawn')
    throw conflict('withdrawn', 'Whoever asked for this took it back.', { help: startAgain })
  if (now >= row.expiresAt)
    throw conflict('seal-expired', 'This waited too long and has expired.', { help: startAgain })
}

/** Why this credential cannot seal this, in a sentence; undefined where it can. */
export function refusalOf(
  record: CredentialRecord,
  draft: Pick<SealDraft, 'stockVerifiableOnly' | 'leastStrength'>,
  judge: TapJudge,
): string | undefined {
  if (draft.stockVerifiableOnly && record.algorithm !== -7)
    return 'This branch takes only keys whose signature stock git can check (ES256). Use another key, or add one.'
  if (draft.leastStrength !== undefined && !isAtLeast(credentialStrength(record), draft.leastStrength))
    return `This branch asks for ${strengthWords[draft.leastStrength]}. Use another key, or add one.`
  const { decision, sentence } = judge(record)
  return decision.outcome === 'allow' ? undefined : sentence
}

/** What the page beside the tap shows. */
export async function renderSealRequest(
  { database, policy, now }: Pick<Ceremonies, 'database' | 'policy' | 'now'>,
  row: SealRequestTable,
  caller: SessionCaller,
): Promise<SealRequest> {
  const draft = draftOf(row)
  const at = now()
  const judge = await createTapJudge({ db: database.read, policy }, { question: draft.question, caller, at })
  const records = await listCredentialRecords(database.read, row.userId)
  const people = await listPersonRefs(database.read, [row.requestedBy])
  const options = records.map((record) => ({
    id: record.id,
    name: record.name,
    strength: credentialStrength(record),
    stockVerifiable: record.algorithm === -7,
    refusal: refusalOf(record, draft, judge) ?? null,
  }))
  const rank = (option: (typeof options)[number]): number =>
    (option.refusal === null ? 0 : 2) + (option.id === caller.by.credentialRecordId ? 0 : 1)
  return {
    id: row.id,
    action: row.action,
    state: stateOf(row, at),
    facts: JSON.parse(row.facts) as Facts,
    requestedBy: people.get(row.requestedBy) ?? { id: row.requestedBy, username: '', displayName: '' },
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    code: row.code && renderCode(row.code),
    askedFrom: await renderAskedFrom(database.read, row, at),
    change: changeOf(draft),
    credentials: options.sort((one, other) => rank(one) - rank(other)),
  }
}

/** The page that shows what a merge, or a change of the guardrails, would change, below the origin. */
function changeOf({ statement: { predicate } }: SealDraft): string | null {
  if (predicate.action === 'guardrail.approve')
    return `/-/guardrails/history/${encodeURIComponent(predicate.act?.parameters['id'] ?? '')}`
  if (predicate.repository === undefined || predicate.pullRequest === undefined) return null
  const path = new URL(predicate.repository.url).pathname.replace(/\.git$/, '')
  return `${path}/pull-requests/${predicate.pullRequest}?tab=files`
}
