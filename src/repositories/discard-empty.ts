import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { type AuditActor, recordEvent } from '../audit/record.ts'
import { lockNumbers } from './next-number.ts'
import type { RepositoryPlace } from './place.ts'

/**
 * Takes a repository away into which nothing ever came; anything else takes a tap, and stays here. Whether it went. Its
 * folder goes after the transaction, by `throwAway`.
 */
export async function discardEmpty(
  tx: Tx<'roleGrant' | 'repository' | 'auditEvent' | 'auditPersonal'>,
  { repository, path }: Pick<RepositoryPlace, 'repository' | 'path'>,
  { actor, at }: { actor: AuditActor; at: number },
): Promise<boolean> {
  await lockNumbers(tx, repository.id)
  if (await hasHistory(tx, repository.id)) return false
  await tx.deleteFrom('roleGrant').where('scopeId', '=', repository.id).execute()
  await tx.deleteFrom('repository').where('id', '=', repository.id).execute()
  await recordEvent(tx, {
    action: 'repository.deleted',
    actor,
    target: { kind: 'repository', id: repository.id },
    repositoryId: repository.id,
    facts: { repository: path, was: 'empty' },
    at,
  })
  return true
}

async function hasHistory(tx: Tx<'repository'>, repositoryId: Id<'rep'>): Promise<boolean> {
  const row = await tx
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('state', '!=', 'abandoned')
    .executeTakeFirst()
  return row !== undefined
}
