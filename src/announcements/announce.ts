import type { AuditEntry } from '../audit/entry.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { AnnouncementTable, TableName } from '../database/schema.ts'
import { invalid } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { getGroup } from '../identity/groups.ts'
import { findUserById } from '../identity/users.ts'
import type { Letter } from '../mail/letter-queue.ts'
import { strengthWords } from '../policy/words.ts'
import { getAnnouncement, listMembers } from './records.ts'
import type { NewAnnouncement } from './shapes.ts'

export interface AnnouncementParts {
  database: Database
  now: () => number
  queueLetter: (tx: Tx<TableName>, letter: Letter) => Promise<void>
}

export const letterKey = (id: Id<'ann'>, userId: string): string => `announcement ${id} ${userId}`

/** Tells everybody in a group, by letter and on their Home. @throws 404, 422 for a day that is over */
export async function announce(
  parts: AnnouncementParts,
  caller: Caller,
  { group: name, ...wanted }: NewAnnouncement & { group: string },
): Promise<AnnouncementTable> {
  const { database, now } = parts
  const group = await getGroup(database.read, name)
  const at = now()
  if (wanted.dueAt !== null && wanted.dueAt <= at) throw invalid('dueAt', 'This day is over. Choose a later one.')
  const row: AnnouncementTable = {
    id: newId('ann'),
    groupId: group.id,
    ...wanted,
    createdBy: caller.id,
    createdAt: at,
    endedAt: null,
  }
  await database.write(async (tx) => {
    await tx.insertInto('announcement').values(row).execute()
    const members = await listMembers(tx, group.id)
    for (const { id } of members) await write(parts, tx, { row, group: group.name, toUserId: id })
    await recordEvent(tx, {
      action: 'announcement.made',
      actor: actorOf(caller),
      target: { kind: 'announcement', id: row.id },
      facts: { group: group.name, title: row.title, people: members.length },
      at,
    })
  })
  return row
}

/** It is on nobody's Home any more; what is known of it stays. */
export async function takeDown({ database, now }: AnnouncementParts, caller: Caller, id: string): Promise<void> {
  await database.write(async (tx) => {
    const row = await getAnnouncement(tx, id)
    if (row.endedAt !== null) return
    const at = now()
    await tx.updateTable('announcement').set({ endedAt: at }).where('id', '=', row.id).execute()
    const group = await tx.selectFrom('userGroup').select('name').where('id', '=', row.groupId).executeTakeFirst()
    await recordEvent(tx, {
      action: 'announcement.ended',
      actor: actorOf(caller),
      target: { kind: 'announcement', id: row.id },
      facts: { group: group?.name ?? '', title: row.title },
      at,
    })
  })
}

/** A follower of events: who joins a group is told what it is told. */
export function createJoinerLetters(parts: AnnouncementParts) {
  return async (tx: Tx<TableName>, { action, target, facts }: AuditEntry): Promise<void> => {
    if (action !== 'group.member-added') return
    const rows = await tx
      .selectFrom('announcement')
      .selectAll()
      .where('groupId', '=', target.id as Id<'grp'>)
      .where('endedAt', 'is', null)
      .execute()
    for (const row of rows)
      await write(parts, tx, {
        row,
        group: String(facts?.['group'] ?? ''),
        toUserId: String(facts?.['personId'] ?? '') as Id<'usr'>,
      })
  }
}

async function write(
  { queueLetter }: AnnouncementParts,
  tx: Tx<TableName>,
  { row, group, toUserId }: { row: AnnouncementTable; group: string; toUserId: Id<'usr'> },
): Promise<void> {
  const by = await findUserById(tx, row.createdBy)
  await queueLetter(tx, {
    toUserId,
    kind: 'announcement',
    facts: {
      group,
      by: by?.displayName ?? 'An administrator',
      title: row.title,
      body: row.body,
      needs: row.asksFor && strengthWords[row.asksFor],
      dueAt: row.dueAt,
    },
    dedupeKey: letterKey(row.id, toUserId),
  })
}
