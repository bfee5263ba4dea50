import { ProblemError } from '../http/problem.ts'
import type { OpenForPush } from '../repositories/push-proposal.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { openPullRequest } from './open.ts'

/** A push that asked for a pull request gets the one that is open for its branch, or a new one. */
export const createOpenForPush =
  (parts: RefParts): OpenForPush =>
  async (place, caller, wanted) => {
    const open = await findOpen()
    if (open !== undefined) return { number: open, isNew: false }
    try {
      return { number: (await openPullRequest(parts, place, caller, wanted)).number, isNew: true }
    } catch (error) {
      // Opened by another push in between.
      const number = error instanceof ProblemError && error.code === 'already-open' ? await findOpen() : undefined
      if (number === undefined) throw error
      return { number, isNew: false }
    }

    async function findOpen(): Promise<number | undefined> {
      const row = await parts.database.read
        .selectFrom('pullRequest')
        .select('number')
        .where('repositoryId', '=', place.repository.id)
        .where('sourceRef', '=', `refs/heads/${wanted.sourceBranch}`)
        .where('targetRef', '=', `refs/heads/${wanted.targetBranch}`)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return row?.number
    }
  }
