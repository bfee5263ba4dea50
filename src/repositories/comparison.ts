import type { Id } from '../database/id.ts'
import { findProvenTips } from './describe-changes.ts'
import { mostBeyond } from './find-landings.ts'
import { listMergeBases } from './merge-bases.ts'
import { listProofs, type ProofParts } from './proofs.ts'
import type { Revision, Source } from './revision.ts'
import type { ComparisonView } from './shapes.ts'

const [mostChanges, mostMissing] = [500, 1000]
/** A turn is held meanwhile, for which others wait. */
const timeoutMs = 10_000

/** What one version holds beyond another, and who proved it. */
export async function compareVersions(
  parts: ProofParts,
  source: Source,
  repositoryId: Id<'rep'>,
  { from, to }: { from: Revision; to: Revision },
): Promise<ComparisonView> {
  const [base = null] = await listMergeBases(source, { base: from.oid, head: to.oid }, timeoutMs)
  const range = (later: string, without: string) => ['--end-of-options', later, `^${without}`]
  const landed = await listOids(source, [
    '--first-parent',
    `--max-count=${mostChanges + 1}`,
    ...range(to.oid, from.oid),
  ])
  const missing = await listOids(source, [`--max-count=${mostMissing}`, ...range(from.oid, to.oid)])
  const looked = landed.slice(0, mostChanges)
  // Further back than that: a push or a rebase is known by where it began, which may lie before `from`.
  const line = await listOids(source, [
    '--first-parent',
    `--max-count=${looked.length + mostBeyond}`,
    '--end-of-options',
    to.oid,
  ])
  const tips = await findProvenTips(parts.db, repositoryId, { line, places: new Set(looked.keys()) })
  const proofs = await listProofs(parts, repositoryId, looked)
  const isProven = (_oid: string, at: number): boolean => proofs.get(line[tips.get(at) ?? at] ?? '')?.state === 'proven'
  return {
    from: { name: from.name, oid: from.oid },
    to: { name: to.name, oid: to.oid },
    base,
    changes: looked.length,
    isComplete: landed.length <= mostChanges,
    proven: looked.filter(isProven).length,
    missing: missing.length,
  }
}

async function listOids({ git, folder }: Source, args: readonly string[]): Promise<string[]> {
  const { stdout } = await git.run(['rev-list', ...args], { repository: folder, timeoutMs })
  return stdout.toString().split('\n').filter(Boolean)
}
