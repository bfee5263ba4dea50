import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { isPusheeOf, parsePushCertificate, pathNamedBy } from '../../protocols/git/push-certificate.ts'
import { parseStatement } from '../../seals/format/statement.ts'

/**
 * Branches of which a tap has said what their repository is called, and not as a signed push calls it: after a rename
 * nobody who trusts taps alone could tell that it was made to this one. The next tap says it.
 */
export async function listUnnamed(
  db: Db<'protectedBranch' | 'refUpdate' | 'seal'>,
  repositoryId: Id<'rep'>,
  { content, refs }: { content: string; refs: readonly string[] },
): Promise<Set<string>> {
  const { pushee } = parsePushCertificate(content)
  const starts = await db
    .selectFrom('protectedBranch')
    .leftJoin('seal', 'seal.id', 'protectedBranch.protectSealId')
    .select(['ref', 'statement'])
    .where('protectedBranch.repositoryId', '=', repositoryId)
    .execute()
  const unnamed = new Set<string>()
  for (const { ref, statement } of starts) {
    if (!refs.includes(ref)) continue
    const last = await db
      .selectFrom('refUpdate')
      .innerJoin('seal', 'seal.id', 'refUpdate.sealId')
      .select('statement')
      .where('refUpdate.repositoryId', '=', repositoryId)
      .where('refUpdate.ref', '=', ref)
      .where('refUpdate.state', '=', 'done')
      // One that wrote a commit gave the branch no name.
      .where('seal.action', '!=', 'commit')
      .orderBy('refUpdate.finishedAt', 'desc')
      .limit(1)
      .executeTakeFirst()
    const paths = [statement, last?.statement].flatMap((text) => (text ? pathIn(text) : []))
    const isNamed = pushee !== null && paths.some((path) => isPusheeOf(pushee, path))
    if (paths.length > 0 && !isNamed) unnamed.add(ref)
  }
  return unnamed
}

function pathIn(statement: string): string[] {
  const { repository } = parseStatement(Buffer.from(statement, 'base64')).predicate
  const path = repository && pathNamedBy(repository.url)
  return path === undefined ? [] : [path]
}
