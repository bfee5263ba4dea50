import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

/** Lets former paths lead on, and frees the new ones of what used to be there. A change of case alone is no move. */
export async function leaveRedirects(
  tx: Tx<'pathRedirect'>,
  moves: readonly { repositoryId: Id<'rep'>; from: string; to: string }[],
): Promise<void> {
  for (const { repositoryId, from, to } of moves) {
    await tx.deleteFrom('pathRedirect').where('path', '=', to.toLowerCase()).execute()
    if (from.toLowerCase() === to.toLowerCase()) continue
    await tx
      .insertInto('pathRedirect')
      .values({ path: from.toLowerCase(), repositoryId })
      .onConflict((conflict) => conflict.column('path').doUpdateSet({ repositoryId }))
      .execute()
  }
}
