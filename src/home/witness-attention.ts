import type { Db } from '../database/handles.ts'
import type { Attention } from './attention.ts'

const dayMs = 86_400_000

/** Witnesses of the ledger that know another past of it, or have cosigned nothing for a day, for administrators. */
export async function listWitnessAttention(db: Db<'witness'>, at: number): Promise<Attention[]> {
  const rows = await db
    .selectFrom('witness')
    .select(['id', 'name', 'isContradicting'])
    .where(({ eb, or }) => or([eb('isContradicting', '=', 1), eb('problemSince', '<', at - dayMs)]))
    .orderBy('addedAt')
    .execute()
  return rows.map(({ id, name, isContradicting }) => ({
    kind: `witness-${id}`,
    text:
      isContradicting === 1
        ? `The witness ${name} knows another past of the ledger. Find out why with whoever runs it.`
        : `The witness ${name} has cosigned nothing of the ledger for a day.`,
    href: '/-/audit/ledger',
  }))
}
