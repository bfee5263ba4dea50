import type { Caller } from '../../identity/caller.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { PullRequest } from '../records.ts'
import type { ApprovalFacts } from './count-approvals.ts'
import { mayWrite } from './speaker.ts'

/** Why this reader cannot approve, in a sentence; null where they may. Said before any tap, and again after it. */
export function findApprovalRefusal(
  place: Pick<RepositoryPlace, 'role'>,
  row: Pick<PullRequest, 'state' | 'authorId'>,
  caller: Pick<Caller, 'id' | 'kind'> | undefined,
  { committers, owners }: Pick<ApprovalFacts, 'committers' | 'owners'>,
): string | null {
  if (caller === undefined) return 'Sign in to approve.'
  if (caller.kind !== 'person') return 'Approving takes a person with a key of their own: an agent cannot.'
  if (row.state !== 'open') return `This is ${row.state}: there is nothing left to approve.`
  if (caller.id === row.authorId) return 'You cannot approve your own work.'
  if (committers.has(caller.id)) return 'You cannot approve your own work: some of its commits are yours.'
  if (owners.has(caller.id)) return 'You cannot approve the work of your own agent, deploy key or pipeline.'
  if (!mayWrite(place)) return 'Approving takes the role “write” in this repository.'
  return null
}
