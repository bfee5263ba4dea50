import type { SessionCaller } from '../../identity/caller.ts'
import type { Place } from '../../identity/registration.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { TapQuestion } from '../../seals/judge-tap.ts'
import type { RepositoryPlace } from '../place.ts'
import type { RefParts } from '../ref-updates.ts'

export interface TagParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
}

/** Who wants to tag what. */
export interface TagQuestion {
  place: RepositoryPlace
  caller: SessionCaller
  /** Without `refs/tags/`. */
  name: string
  /** Branch, tag or commit. */
  target: string
  /** Its first line is the subject. */
  message: string
}

/** What the rules are asked about a new tag, at each of its steps. */
export const tagQuestion = ({ repository, role }: RepositoryPlace): TapQuestion => ({
  act: 'tag',
  place: { projectId: repository.projectId, repositoryId: repository.id, branch: null, role },
})
