import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Refusal } from './push-judgement.ts'

/**
 * Why nothing else may move a branch now: protection begins in the transaction that settles a first push, with the commit
 * that it brought. What came in between would stand on a protected branch, or begin the history, by no rule at all. Asked
 * under the repository's row lock.
 */
export async function findOtherFirstPush(
  db: Db<'protectedBranch' | 'refUpdate'>,
  repositoryId: Id<'rep'>,
  moves: readonly { ref: string }[],
): Promise<Refusal | undefined> {
  const branch = moves.find(({ ref }) => ref.startsWith('refs/heads/'))
  if (branch === undefined) return undefined
  const begun = await db
    .selectFrom('protectedBranch')
    .select('ref')
    .where('repositoryId', '=', repositoryId)
    .executeTakeFirst()
  if (begun !== undefined) return undefined
  const other = await db
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('state', '=', 'prepared')
    .where('ref', 'like', 'refs/heads/%')
    .executeTakeFirst()
  if (other === undefined) return undefined
  return {
    outcome: 'refuse',
    code: 'first-push-raced',
    reason: 'another first push is landing',
    sentences: ['Somebody else makes the first push to this repository right now.', 'Fetch, look, and push again.'],
    ref: branch.ref,
  }
}
