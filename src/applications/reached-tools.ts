import type { ListReachedTools } from '../identity/reached-tools.ts'
import type { ReachedTool } from '../identity/shapes.ts'
import { listApplications } from './application.ts'
import { isOpenTo } from './audience.ts'

/**
 * The applications that are open to each of these people, by name: through which group, where it is for groups. How
 * strongly somebody has to prove it is asked when they open it.
 */
export const listReachedTools: ListReachedTools = async (db, people) => {
  const applications = await listApplications(db)
  if (applications.length === 0 || people.length === 0) return new Map()
  const memberships = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select(['userId', 'groupId', 'name'])
    .where(
      'userId',
      'in',
      people.map(({ id }) => id),
    )
    .orderBy('name')
    .execute()
  return new Map(
    people.map((person) => {
      const own = memberships.filter(({ userId }) => userId === person.id)
      const tools = applications.flatMap((application): ReachedTool[] => {
        if (!isOpenTo(application, { ...person, groupIds: own.map(({ groupId }) => groupId) })) return []
        const { slug, name, audience, groupIds } = application
        const through = own.find(({ groupId }) => groupIds.includes(groupId))
        return [{ slug, name, group: audience === 'groups' ? (through?.name ?? null) : null }]
      })
      return [person.id, tools]
    }),
  )
}
