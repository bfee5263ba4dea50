import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { likeAnywhere } from '../database/like.ts'
import type { UserGroupTable } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import type { Caller } from './caller.ts'
import { getGroup } from './groups.ts'
import type { Group, GroupMember } from './shapes.ts'

type Tables = 'userGroup' | 'groupMember' | 'user'
interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** Of each group in a list. */
const firstMembers = 20

/** A page of groups by name. A guest is told which groups they are in, and not who else is. */
export async function listGroups(
  db: Db<Tables>,
  caller: Pick<Caller, 'id' | 'role'>,
  { cursor, search = '' }: { cursor?: string | undefined; search?: string | undefined },
): Promise<Page<Group>> {
  let query = db
    .selectFrom('userGroup')
    .selectAll()
    .orderBy(({ fn }) => fn<string>('lower', ['name']))
    .limit(pageSize + 1)
  const only = caller.role === 'guest' ? caller.id : undefined
  if (only !== undefined)
    query = query.where('id', 'in', (eb) => eb.selectFrom('groupMember').select('groupId').where('userId', '=', only))
  if (search !== '') {
    const like = likeAnywhere(search)
    query = query.where(({ eb, fn }) => eb(fn<string>('lower', ['name']), 'like', like))
  }
  if (cursor !== undefined) {
    const [name] = parseCursor(cursor, 'string')
    query = query.where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '>', name))
  }
  const page = cutPage(
    await query.execute(),
    ({ name }) => [name.toLowerCase()],
    (group) => group,
  )
  return { items: await renderGroups(db, page.items, only), nextCursor: page.nextCursor }
}

/** @throws 404 */
export async function getGroupView(db: Db<Tables>, name: string): Promise<Group> {
  const [group] = await renderGroups(db, [await getGroup(db, name)])
  if (group === undefined) throw new TypeError('one group is rendered as one')
  return group
}

/** A page of those who are in a group, by username. A guest in it sees themselves. @throws 404, to other guests too */
export async function listGroupMembers(
  db: Db<Tables>,
  caller: Pick<Caller, 'id' | 'role'>,
  { name, cursor }: { name: string; cursor?: string | undefined },
): Promise<Page<GroupMember>> {
  const group = await getGroup(db, name)
  let query = db
    .selectFrom('groupMember')
    .innerJoin('user', 'user.id', 'groupMember.userId')
    .select(['user.id', 'username', 'displayName'])
    .where('groupId', '=', group.id)
    .where('user.state', '=', 'active')
    .orderBy('username')
    .limit(pageSize + 1)
  if (caller.role === 'guest') query = query.where('user.id', '=', caller.id)
  if (cursor !== undefined) query = query.where('username', '>', parseCursor(cursor, 'string')[0])
  const rows = await query.execute()
  if (caller.role === 'guest' && rows.length === 0) throw notFound('This group')
  return cutPage(
    rows,
    ({ username }) => [username],
    (member) => member,
  )
}

/** @param only whose membership alone is counted and shown */
async function renderGroups(db: Db<Tables>, groups: readonly UserGroupTable[], only?: Id<'usr'>): Promise<Group[]> {
  if (groups.length === 0) return []
  const ids = groups.map(({ id }) => id)
  const counted = db
    .selectFrom('groupMember')
    .innerJoin('user', 'user.id', 'groupMember.userId')
    .where('user.state', '=', 'active')
    .where('groupId', 'in', ids)
    .where((eb) => (only === undefined ? eb.lit(true) : eb('user.id', '=', only)))
    .select(['groupId', 'user.id', 'username', 'displayName'])
    .select(({ fn }) =>
      fn
        .countAll<number>()
        .over((over) => over.partitionBy('groupId'))
        .as('count'),
    )
    .select(({ fn }) =>
      fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('groupId').orderBy('username'))
        .as('place'),
    )
  const members = await db
    .selectFrom('userGroup')
    .innerJoin(counted.as('member'), 'member.groupId', 'userGroup.id')
    .select(['member.groupId', 'member.id', 'member.username', 'member.displayName', 'member.count'])
    .where('member.place', '<=', firstMembers)
    .orderBy('member.username')
    .execute()
  const byGroup = Map.groupBy(members, ({ groupId }) => groupId)
  return groups.map((group) => {
    const own = byGroup.get(group.id) ?? []
    return {
      id: group.id,
      name: group.name,
      description: group.description,
      isDemo: group.isDemo === 1,
      isManaged: group.managedBy !== null,
      organisationRole: group.organisationRole,
      memberCount: own[0]?.count ?? 0,
      members: own.map(({ id, username, displayName }) => ({ id, username, displayName })),
    }
  })
}
