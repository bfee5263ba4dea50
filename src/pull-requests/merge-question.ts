import type { Caller } from '../identity/caller.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { TapQuestion } from '../seals/judge-tap.ts'
import type { Bypass } from './bypass.ts'
import { branchName, type PullRequest } from './records.ts'
import type { MergeMethod } from './shapes.ts'

/** Who merges: a person, in front of the page or asked elsewhere. */
export type Merger = Pick<Caller, 'id' | 'kind' | 'username' | 'displayName' | 'role' | 'address'>

export interface MergeQuestion {
  place: RepositoryPlace
  caller: Merger
  number: number
  method: MergeMethod
  /** Past the branch's rule, and why. */
  bypass?: Bypass | undefined
}

/** What the rules are asked about a merge, at each of its steps. */
export const mergeQuestion = (
  { repository, role }: RepositoryPlace,
  row: Pick<PullRequest, 'targetRef'>,
  bypass?: Bypass,
): TapQuestion => ({
  act: 'merge',
  ...(bypass === undefined ? {} : { also: 'bypass' }),
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: branchName(row.targetRef), role },
})
