import type { Action } from '../../audit/actions.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import { actorOf, type Caller } from '../../identity/caller.ts'
import type { PullRequest } from '../records.ts'

export interface Where {
  /** `project/name` */
  path: string
  row: Pick<PullRequest, 'id' | 'number' | 'repositoryId'>
}

/** The event of something said in a review. What was said stands in no leaf, only where and about which file. */
export async function noteReview(
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  { path, row }: Where,
  event: {
    action: Action
    caller: Caller
    /** The pull request itself where it is left out. */
    target?: { kind: 'comment' | 'thread'; id: string }
    facts?: Record<string, string | number>
    at: number
  },
): Promise<void> {
  const { action, caller, target = { kind: 'pull-request', id: row.id }, facts, at } = event
  await recordEvent(tx, {
    action,
    actor: actorOf(caller),
    target,
    repositoryId: row.repositoryId,
    facts: { repository: path, number: row.number, pullRequest: row.id, ...facts },
    at,
  })
}
