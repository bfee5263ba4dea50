import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { countChecks, countsKey } from './check-counts.ts'
import { describeSignatures } from './commit-signatures/describe-signatures.ts'
import type { SignatureParts } from './commit-signatures/judge-signatures.ts'
import { listSignedPushes } from './commit-signatures/list-signed-pushes.ts'
import type { CommitFacts } from './commits.ts'
import { listProofs, type ProofParts } from './proofs.ts'
import type { Source } from './revision.ts'
import type { CommitView } from './shapes.ts'

export type DescribeParts = ProofParts & SignatureParts & { db: Db<'commitStatus' | 'pushCertificate'> }

/** Commits with who proved them, who signed them and what checks said, asked for all of them at once. */
export async function describeCommits(
  parts: DescribeParts,
  source: Source,
  repositoryId: Id<'rep'>,
  commits: readonly CommitFacts[],
): Promise<CommitView[]> {
  const oids = commits.map(({ oid }) => oid)
  const proofs = await listProofs(parts, repositoryId, oids)
  const checks = await countChecks(parts.db, [repositoryId], oids)
  const signatures = await describeSignatures(parts, source, repositoryId, oids)
  const signedPushes = await listSignedPushes(parts.db, repositoryId, oids)
  return commits.map((commit) => ({
    ...commit,
    proof: proofs.get(commit.oid) ?? null,
    signature: signatures.get(commit.oid) ?? null,
    signedPush: signedPushes.get(commit.oid) ?? null,
    checks: checks.get(countsKey(repositoryId, commit.oid)) ?? null,
  }))
}
