import type { AuditEntry } from '../audit/entry.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { listAdministrators } from './break-glass/list-administrators.ts'

export interface OwnerlessNotice {
  toUserId: Id<'usr'>
  kind: 'ownerless'
  facts: { at: number }
}

/** Every administrator hears at once that no owner is left. */
export async function listOwnerlessNotices(db: Db<'user'>, { action, at }: AuditEntry): Promise<OwnerlessNotice[]> {
  if (action !== 'instance.ownerless') return []
  return (await listAdministrators(db)).map((toUserId) => ({ toUserId, kind: 'ownerless', facts: { at } }))
}
