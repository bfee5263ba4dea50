import type { Db } from '../database/handles.ts'
import type { SealTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import { checkNotDraft, type PullRequest } from './records.ts'

/**
 * Before a sealed merge, and once more in the transaction that prepares it. What was laid down before it became a draft is
 * not merged after it, however soon it is ready again. @throws 409
 */
export async function checkStillMeant(
  db: Db<'sealRequest'>,
  row: Pick<PullRequest, 'state' | 'number' | 'isDraft' | 'readyAt'>,
  seal: Pick<SealTable, 'requestId'>,
): Promise<void> {
  checkNotDraft(row)
  if (row.readyAt === null) return
  const asked = await db
    .selectFrom('sealRequest')
    .select('createdAt')
    .where('id', '=', seal.requestId)
    .executeTakeFirst()
  if (asked === undefined || asked.createdAt < row.readyAt)
    throw conflict('draft', `Pull request #${row.number} became a draft after you were shown this.`, {
      help: 'Nothing is lost: look at the result again and tap once more.',
    })
}
