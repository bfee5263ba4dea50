import { conflict, type ProblemError } from '../http/problem.ts'
import { findUnsigned, type Unsigned } from '../repositories/commit-signatures/find-unsigned.ts'
import { isUnsigned, unsignedRefusal, unsignedSentences } from '../repositories/commit-signatures/unsigned-words.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import type { MergeMethod } from './shapes.ts'

/** Ways to merge by which the commits themselves come onto the branch, not one made of them. */
export const keepsCommits = (method: MergeMethod): boolean => method === 'merge' || method === 'fast-forward'

/** What a pull request brings that is not signed by a registered key. */
export const readUnsigned = (
  { database, git, now }: RefParts,
  { repository, folder }: RepositoryPlace,
  { base, head }: { base: string; head: string },
): Promise<Unsigned> =>
  findUnsigned({ db: database.read, at: now() }, { git, folder }, { repositoryId: repository.id, base, tip: head })

/** Why a branch that takes only signed commits does not take these in this way; the same commits a push would bring. */
export async function findUnsignedRefusal(
  parts: RefParts,
  place: RepositoryPlace,
  { method, ends, branch }: { method: MergeMethod; ends: { base: string; head: string }; branch: string },
): Promise<ProblemError | undefined> {
  if (!keepsCommits(method)) return undefined
  const unsigned = await readUnsigned(parts, place, ends)
  if (!isUnsigned(unsigned)) return undefined
  return conflict('unsigned-commits', unsignedRefusal(branch), {
    detail: unsignedSentences(branch, unsigned).slice(1).join('\n'),
    help: 'Squash them, where the branch takes that; or sign them with a key registered under Account, and push again.',
  })
}
