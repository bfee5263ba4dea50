import type { RepositoryPlace } from '../place.ts'
import type { RefParts } from '../ref-updates.ts'
import { findTip } from '../revision.ts'
import { findOwners } from './find-owners.ts'
import { type OwnerProblem, renderOwnerProblems } from './parse.ts'
import { readCodeOwners } from './read.ts'

const mostProblems = 200

/** Which file says who owns what on a branch, and everything that is wrong with it, line by line. */
export async function inspectCodeOwners(
  { git, database }: Pick<RefParts, 'git' | 'database'>,
  { folder }: Pick<RepositoryPlace, 'folder'>,
  branch: string,
): Promise<{ path: string | null; problems: string[] }> {
  const source = { git, folder }
  const tip = await findTip(source, `refs/heads/${branch}`)
  if (tip === undefined) return { path: null, problems: [] }
  const file = await readCodeOwners(source, tip)
  if (file.path === null) return { path: null, problems: [] }
  const { problems } = await findOwners(database.read, file.lines)
  const byLine = (one: OwnerProblem, other: OwnerProblem): number => (one.line ?? 0) - (other.line ?? 0)
  const all = [...file.problems, ...problems].toSorted(byLine)
  return { path: file.path, problems: renderOwnerProblems(file.path, all).slice(0, mostProblems) }
}
