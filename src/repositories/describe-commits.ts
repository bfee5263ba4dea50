import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { countChecks, countsKey } from './check-counts.ts'
import type { CommitFacts } from './commits.ts'
import { listProofs, type ProofParts } from './proofs.ts'
import type { CommitView } from './shapes.ts'

/** Commits with who proved them and what checks said, asked for all of them at once. */
export async function describeCommits(
  parts: ProofParts & { db: Db<'commitStatus'> },
  repositoryId: Id<'rep'>,
  commits: readonly CommitFacts[],
): Promise<CommitView[]> {
  const oids = commits.map(({ oid }) => oid)
  const proofs = await listProofs(parts, repositoryId, oids)
  const checks = await countChecks(parts.db, [repositoryId], oids)
  return commits.map((commit) => ({
    ...commit,
    proof: proofs.get(commit.oid) ?? null,
    checks: checks.get(countsKey(repositoryId, commit.oid)) ?? null,
  }))
}
