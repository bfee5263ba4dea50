import type { Caller } from '../../identity/caller.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'

/** Who speaks, and in the review of which pull request. */
export interface InReview {
  place: RepositoryPlace
  caller: Caller
  number: number
}
