import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { ruleOf } from './branch-rule.ts'
import { findUnsigned } from './commit-signatures/find-unsigned.ts'
import { objectsOf } from './commit-signatures/read-signatures.ts'
import type { RepositoryPlace } from './place.ts'
import type { PushShape } from './push-shape.ts'
import type { RefParts } from './ref-updates.ts'

/** The same shapes, with what is not signed of a push to branches that take only signed commits. */
export async function addUnsigned(
  { database, git, now }: RefParts,
  place: RepositoryPlace,
  pushed: { commands: readonly RefCommand[]; shapes: ReadonlyMap<string, PushShape>; quarantine: string | undefined },
): Promise<Map<string, PushShape>> {
  const shapes = new Map(pushed.shapes)
  const rows = await database.read
    .selectFrom('protectedBranch')
    .select(['ref', 'rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', place.repository.id)
    .execute()
  const asking = new Set(rows.filter((row) => ruleOf(row).signedCommits).map(({ ref }) => ref))
  const source = { git, folder: place.folder, objectDirectory: pushed.quarantine }
  try {
    for (const { ref, oldOid, newOid } of pushed.commands) {
      const shape = shapes.get(ref)
      if (shape === undefined || !asking.has(ref) || newOid === zeroOid) continue
      const wanted = { repositoryId: place.repository.id, base: oldOid, tip: newOid }
      shapes.set(ref, { ...shape, unsigned: await findUnsigned({ db: database.read, at: now() }, source, wanted) })
    }
  } finally {
    // Its process must not outlive the quarantine.
    if (asking.size > 0 && pushed.quarantine !== undefined) objectsOf(source).end()
  }
  return shapes
}
