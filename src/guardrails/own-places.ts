import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { OrganisationRole, RepositoryRole, RepositoryTable } from '../database/schema.ts'
import type { ActPlace } from '../policy/facts.ts'

type Repository = Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>
/** Repositories that no rule tells apart and that are equally visible. */
interface Alike {
  visibility: RepositoryTable['visibility']
  all: Repository[]
}

/** Where somebody has which role: one place for all that no rule tells apart, its ids empty where no rule names them. */
export type OwnPlaces = (person: {
  id: Id<'usr'>
  role: OrganisationRole
  groupIds: readonly Id<'grp'>[]
}) => ActPlace[]

const ladder: readonly RepositoryRole[] = ['read', 'write', 'admin']

/**
 * Reads once who has which role where. Without the samples, two thousand people in five thousand repositories would be
 * ten million places to judge.
 * @param named ids of projects and repositories that rules name
 * @param subjects whose roles are asked for, where that is one person with their groups; else everybody's
 */
export async function readOwnPlaces(
  db: Db<'project' | 'repository' | 'roleGrant'>,
  named: ReadonlySet<string>,
  subjects?: readonly (Id<'usr'> | Id<'grp'>)[],
): Promise<OwnPlaces> {
  const projects = (await db.selectFrom('project').select('id').execute()).map(({ id }) => id)
  const repositories = await db.selectFrom('repository').select(['id', 'projectId', 'visibility']).execute()
  let given = db.selectFrom('roleGrant').select(['subjectId', 'scopeId', 'role'])
  if (subjects !== undefined) given = given.where('subjectId', 'in', subjects)
  const grants = Map.groupBy(await given.execute(), ({ subjectId }) => subjectId)
  const byId = new Map(repositories.map((repository) => [repository.id, repository]))
  const everywhere = groupAlike(repositories, named)
  const inProject = new Map(
    [...Map.groupBy(repositories, ({ projectId }) => projectId)].map(([id, all]) => [id, groupAlike(all, named)]),
  )
  const adminPlaces = createPlaces(named)
  for (const id of projects) adminPlaces.add({ projectId: id, repositoryId: null, role: 'admin' })
  for (const { all } of everywhere)
    if (all[0] !== undefined) adminPlaces.add({ projectId: all[0].projectId, repositoryId: all[0].id, role: 'admin' })

  return ({ id, role, groupIds }) => {
    if (role === 'owner' || role === 'admin') return adminPlaces.list()
    const given = new Map<string, RepositoryRole>()
    for (const subject of [id, ...groupIds])
      for (const grant of grants.get(subject) ?? [])
        given.set(grant.scopeId, stronger(grant.role, given.get(grant.scopeId)))
    const visible = (visibility: Repository['visibility']): RepositoryRole | undefined =>
      visibility === 'public' || (visibility === 'internal' && role !== 'guest') ? 'read' : undefined
    const places = createPlaces(named)
    const addAlike = ({ visibility, all }: Alike, from: RepositoryRole | undefined): void => {
      const role = from ?? visible(visibility)
      const plain = all.find((one) => !given.has(one.id) && (from !== undefined || !given.has(one.projectId)))
      if (role !== undefined && plain !== undefined)
        places.add({ projectId: plain.projectId, repositoryId: plain.id, role })
    }
    for (const [scope, granted] of given) {
      const repository = byId.get(scope as Id<'rep'>)
      if (repository === undefined) {
        places.add({ projectId: scope, repositoryId: null, role: granted })
        for (const alike of inProject.get(scope as Id<'prj'>) ?? []) addAlike(alike, granted)
      } else
        places.add({
          projectId: repository.projectId,
          repositoryId: repository.id,
          role: stronger(granted, given.get(repository.projectId)),
        })
    }
    for (const alike of everywhere) addAlike(alike, undefined)
    return places.list()
  }
}

const stronger = (one: RepositoryRole, other: RepositoryRole | undefined): RepositoryRole =>
  other !== undefined && ladder.indexOf(other) > ladder.indexOf(one) ? other : one

function groupAlike(repositories: readonly Repository[], named: ReadonlySet<string>): Alike[] {
  const groups = Map.groupBy(repositories, ({ id, projectId, visibility }) =>
    [named.has(id) ? id : '', named.has(projectId) ? projectId : '', visibility].join(' '),
  )
  return [...groups.values()].map((all) => ({ visibility: all[0]?.visibility ?? 'private', all }))
}

/** Keeps one of all places between which no rule can tell a difference; those that none names have an empty id. */
function createPlaces(named: ReadonlySet<string>) {
  const kept = new Map<string, ActPlace>()
  const nameOf = (id: string): string => (named.has(id) ? id : '')
  return {
    add({ projectId, repositoryId, role }: Omit<ActPlace, 'branch'>): void {
      const place: ActPlace = {
        projectId: nameOf(projectId),
        repositoryId: repositoryId === null ? null : nameOf(repositoryId),
        branch: null,
        role,
      }
      kept.set(`${place.projectId} ${place.repositoryId ?? '-'} ${role ?? ''}`, place)
    },
    list: (): ActPlace[] => [...kept].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place),
  }
}
