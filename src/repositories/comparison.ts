import type { Id } from '../database/id.ts'
import { listMergeBases } from './merge-bases.ts'
import { listProofs, type ProofParts } from './proofs.ts'
import type { Revision, Source } from './revision.ts'
import type { ComparisonView } from './shapes.ts'

const [mostChanges, mostMissing] = [500, 1000]

/** What one version holds beyond another, and who proved it. */
export async function compareVersions(
  parts: ProofParts,
  source: Source,
  repositoryId: Id<'rep'>,
  { from, to }: { from: Revision; to: Revision },
): Promise<ComparisonView> {
  const [base = null] = await listMergeBases(source, { base: from.oid, head: to.oid })
  const range = (later: string, without: string) => ['--end-of-options', later, `^${without}`]
  const landed = await listOids(source, [
    '--first-parent',
    `--max-count=${mostChanges + 1}`,
    ...range(to.oid, from.oid),
  ])
  const missing = await listOids(source, [`--max-count=${mostMissing}`, ...range(from.oid, to.oid)])
  const looked = landed.slice(0, mostChanges)
  const proofs = await listProofs(parts, repositoryId, looked)
  return {
    from: { name: from.name, oid: from.oid },
    to: { name: to.name, oid: to.oid },
    base,
    changes: looked.length,
    isComplete: landed.length <= mostChanges,
    proven: looked.filter((oid) => proofs.get(oid)?.state === 'proven').length,
    missing: missing.length,
  }
}

async function listOids({ git, folder }: Source, args: readonly string[]): Promise<string[]> {
  const { stdout } = await git.run(['rev-list', ...args], { repository: folder })
  return stdout.toString().split('\n').filter(Boolean)
}
