import type { Db } from '../database/handles.ts'
import type { Policy, Rule } from '../policy/rule.ts'

/** Every project and repository by id and by path, to write rules in names and keep them by ids. */
export interface Places {
  pathOf: ReadonlyMap<string, string>
  idOf: ReadonlyMap<string, string>
}

export async function readPlaces(db: Db<'project' | 'repository'>): Promise<Places> {
  const projects = await db.selectFrom('project').select(['id', 'name']).execute()
  const repositories = await db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['repository.id', 'repository.name', 'project.name as project'])
    .execute()
  const paths = [
    ...projects.map(({ id, name }) => [id, name] as const),
    ...repositories.map(({ id, project, name }) => [id, `${project}/${name}`] as const),
  ]
  return { pathOf: new Map(paths), idOf: new Map(paths.map(([id, path]) => [path.toLowerCase(), id])) }
}

/** As it is kept: what names no place stays as it is, and is refused as unknown. */
export const withIds = (policy: Policy, { idOf }: Places): Policy =>
  mapPlaces(policy, (path) => idOf.get(path.toLowerCase()) ?? path)

/** As people read and write it. */
export const withPaths = (policy: Policy, { pathOf }: Places): Policy => mapPlaces(policy, (id) => pathOf.get(id) ?? id)

const mapPlaces = (policy: Policy, map: (place: string) => string): Policy => ({
  ...policy,
  rules: policy.rules.map((rule): Rule => {
    const { where } = rule
    if (where?.repositories === undefined) return rule
    return { ...rule, where: { ...where, repositories: where.repositories.map(map) } }
  }),
})
