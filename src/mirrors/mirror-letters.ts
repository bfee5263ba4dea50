import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { listAdministrators } from '../repositories/administrators.ts'

/** After so many failures in a row, twenty minutes after the first, it is no hiccup: somebody has to look. */
export const toldAfterFailures = 4

export interface MirrorLetter {
  toUserId: Id<'usr'>
  kind: 'mirror-failing'
  facts: { repository: string; host: string; reason: string; at: number }
}

/** One letter for each time that a mirror stays away, to everybody who administers its repository. */
export async function listMirrorLetters(
  db: Db<'user' | 'repository' | 'roleGrant' | 'groupMember'>,
  { action, facts = {}, repositoryId, at }: AuditEntry,
): Promise<MirrorLetter[]> {
  if (action !== 'mirror.failed' || Number(facts['failures']) !== toldAfterFailures || !repositoryId) return []
  const about = { repository: String(facts['repository']), host: new URL(String(facts['url'])).host }
  return (await listAdministrators(db, repositoryId)).map((toUserId) => ({
    toUserId,
    kind: 'mirror-failing',
    facts: { ...about, reason: String(facts['reason']), at },
  }))
}
