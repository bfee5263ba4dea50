import type { PersonRef } from '../../http/shapes.ts'
import type { ReviewRow } from './approval-facts.ts'
import type { ReviewView } from './shapes.ts'

const unknown = (id: string): PersonRef => ({ id, username: '', displayName: 'Somebody' })

/** Reviews as everybody reads them. `mayDismiss` says which of them this reader may take back or set aside. */
export function renderReviews(
  rows: readonly ReviewRow[],
  known: {
    whyNot: ReadonlyMap<string, string | null>
    people: ReadonlyMap<string, PersonRef>
    mayDismiss?: (row: ReviewRow) => boolean
  },
): ReviewView[] {
  const { whyNot, people, mayDismiss = () => false } = known
  return rows.map((row) => ({
    id: row.id,
    reviewer: people.get(row.userId) ?? unknown(row.userId),
    verdict: row.verdict,
    body: row.body,
    headOid: row.headOid,
    createdAt: row.createdAt,
    counts: whyNot.get(row.id) === null,
    whyNot: whyNot.get(row.id) ?? null,
    strength: row.sealed?.strength ?? null,
    credentialName: row.sealed?.credentialName ?? null,
    statementDigest: row.sealed?.statementDigest ?? null,
    dismissed:
      row.dismissedAt === null
        ? null
        : { at: row.dismissedAt, by: people.get(row.dismissedBy ?? '') ?? null, reason: row.dismissReason ?? '' },
    can: { dismiss: mayDismiss(row) },
  }))
}
