import type { RepositoryPlace } from '../../repositories/place.ts'
import type { RefParts } from '../../repositories/ref-updates.ts'
import { findTip } from '../../repositories/revision.ts'
import type { PullRequest } from '../records.ts'

/** The two commits that a pull request is between: where its branches are, or were when it was merged or closed. */
export async function readEnds(
  { git }: Pick<RefParts, 'git'>,
  { folder }: Pick<RepositoryPlace, 'folder'>,
  row: PullRequest,
): Promise<{ base: string; head: string }> {
  if (row.state !== 'open') return { base: row.baseOid, head: row.headOid }
  const source = { git, folder }
  const [base, head] = await Promise.all([findTip(source, row.targetRef), findTip(source, row.sourceRef)])
  return { base: base ?? row.baseOid, head: head ?? row.headOid }
}
