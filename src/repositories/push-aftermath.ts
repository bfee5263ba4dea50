import type { RefUpdateTable } from '../database/schema.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import type { RepositoryPlace } from './place.ts'

/** What a person reads last: what came of their push, by what it moved and by what somebody else moved first. */
export function describeAftermath(
  origin: string,
  place: RepositoryPlace,
  { moved, overtaken }: { moved: readonly RefUpdateTable[]; overtaken: readonly RefUpdateTable[] },
): string[] {
  return [
    // git says this in its own terms only.
    ...overtaken.map(
      ({ ref }) => `${shortName(ref)} moved while you pushed. Fetch, look at what came, and push again.`,
    ),
    ...invitation(origin, place, moved),
  ]
}

/** What to do next with a new branch; nothing for the first push, which has no other branch to go to. */
function invitation(origin: string, { repository, path }: RepositoryPlace, moved: readonly RefUpdateTable[]): string[] {
  const created = moved.find(({ ref, oldOid }) => ref.startsWith('refs/heads/') && oldOid === zeroOid)
  if (created === undefined) return []
  const branch = shortName(created.ref)
  if (branch === repository.defaultBranch || repository.pushedAt === null) return []
  return [`Open a pull request for ${branch}:`, newPullRequestUrl(origin, path, branch)]
}

const shortName = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

const newPullRequestUrl = (origin: string, path: string, branch: string): string =>
  `${origin}/${path}/pull-requests/new?source=${encodeURIComponent(branch)}`
