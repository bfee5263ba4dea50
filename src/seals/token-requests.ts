import canonicalize from 'canonicalize'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { renderCode } from './code.ts'
import { createSealRequest, draftOf, type NewSealRequest, type SealDraft } from './requests.ts'

/** How long an act that a token asks for waits for its person, who may be anywhere. */
export const tokenActLifetimeMs = 15 * 60_000

/** How many acts one token may ask for at once: a stolen one must neither wear its person down nor fill their room. */
export const mostOpenOfToken = 10

/**
 * As `createSealRequest`, for the token that asks: a program that asks again for the same is led to what waits
 * already. @throws 429 where too many wait
 */
export async function askForToken(
  tx: Tx<'sealRequest'>,
  wanted: NewSealRequest,
  tokenId: Id<'tok'>,
): Promise<{ id: Id<'srq'>; expiresAt: number; code: string | null }> {
  const rows = await listOpenActs(tx, wanted, tokenId)
  const same = rows.find((row) => isSame(row, wanted))
  if (same !== undefined) return { id: same.id, expiresAt: same.expiresAt, code: same.code && renderCode(same.code) }
  if (rows.length >= mostOpenOfToken)
    throw new ProblemError(429, 'too-many-requests', 'This token already waits for too many taps.', {
      help: 'Answer or refuse some of them, or take them back.',
      headers: { 'retry-after': '300' },
    })
  return createSealRequest(tx, wanted)
}

async function listOpenActs(
  db: Db<'sealRequest'>,
  { userId, at }: Pick<NewSealRequest, 'userId' | 'at'>,
  tokenId: Id<'tok'>,
): Promise<SealRequestTable[]> {
  const rows = await db
    .selectFrom('sealRequest')
    .selectAll()
    .where('requestedToken', '=', tokenId)
    .where('userId', '=', userId)
    .where('state', '=', 'open')
    .where('expiresAt', '>', at)
    .execute()
  return rows.filter((row) => draftOf(row).statement.predicate.act !== undefined)
}

const isSame = (row: SealRequestTable, { action, facts, draft }: NewSealRequest): boolean =>
  row.action === action && row.facts === JSON.stringify(facts) && meaningOf(draftOf(row)) === meaningOf(draft)

/** All of the statement but when it was asked for. */
function meaningOf({ statement: { subject, predicate } }: SealDraft): string | undefined {
  const { issuedAt: _from, notAfter: _to, nonce: _, ...meant } = predicate
  return canonicalize({ subject, predicate: meant })
}
