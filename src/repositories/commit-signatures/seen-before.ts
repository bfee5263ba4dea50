import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import type { ObjectSource } from './read-signatures.ts'

/**
 * Which of these commits had come here before a moment, by the record of what every ref was moved to. A commit's own
 * dates say nothing: whoever has a key that ended can write any date.
 */
export async function listSeenBefore(
  db: Db<'refUpdate'>,
  { git, folder, objectDirectory }: ObjectSource,
  { repositoryId, oids, before }: { repositoryId: Id<'rep'>; oids: readonly string[]; before: number },
): Promise<Set<string>> {
  if (oids.length === 0) return new Set()
  const rows = await db
    .selectFrom('refUpdate')
    .select('newOid')
    .distinct()
    .where('repositoryId', '=', repositoryId)
    .where('state', '=', 'done')
    .where('finishedAt', '<', before)
    .where('newOid', '!=', zeroOid)
    .execute()
  if (rows.length === 0) return new Set()
  const lines = [...oids, ...rows.map(({ newOid }) => `^${newOid}`)]
  // Old tips may be gone, when branches were.
  const { stdout } = await git.run(['rev-list', '--ignore-missing', '--stdin'], {
    repository: folder,
    ...(objectDirectory === undefined ? {} : { objectDirectory }),
    input: `${lines.join('\n')}\n`,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const later = new Set(stdout.toString().split('\n'))
  return new Set(oids.filter((oid) => !later.has(oid)))
}
