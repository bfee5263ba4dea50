import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Attention } from './attention.ts'

const most = 5

/** Webhooks, mirrors and pipelines whose person has left, for whoever administers their repository, the first to end first. */
export async function listLeftBehind(
  db: Db<'webhook' | 'mirror' | 'workloadTrust' | 'repository' | 'project' | 'user'>,
  repositoryIds: readonly Id<'rep'>[],
): Promise<Attention[]> {
  if (repositoryIds.length === 0) return []
  const webhooks = await listWithAddress(db, 'webhook', repositoryIds)
  const mirrors = await listWithAddress(db, 'mirror', repositoryIds)
  const pipelines = await db
    .selectFrom('workloadTrust')
    .innerJoin('repository', 'repository.id', 'workloadTrust.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', 'workloadTrust.stewardId')
    .select(['workloadTrust.id', 'issuer as url', 'adoptBy', 'repository.name', 'project.name as project'])
    .select(['user.displayName', 'keys'])
    .where('workloadTrust.repositoryId', 'in', repositoryIds)
    .where('adoptBy', 'is not', null)
    .where('endedAt', 'is', null)
    .orderBy('adoptBy')
    .limit(most)
    .execute()
  return [
    ...webhooks.map((row) => ({ ...row, keys: null, what: 'webhook', page: `webhooks/${row.id}` })),
    ...mirrors.map((row) => ({ ...row, keys: null, what: 'mirror', page: 'mirrors' })),
    ...pipelines.map((row) => ({ ...row, what: 'pipeline', page: 'pipelines' })),
  ]
    .toSorted((one, other) => (one.adoptBy ?? 0) - (other.adoptBy ?? 0))
    .slice(0, most)
    .map(({ what, page, id, url, name, project, displayName, keys }) => ({
      kind: `left-${id}`,
      text: `${displayName ?? 'Somebody'}, who looked after the ${what} of ${project}/${name} ${what === 'pipeline' ? 'at' : 'to'} ${new URL(url).host}, has left: ${keys === null ? 'keep it, or it is switched off' : 'it comes in no more until somebody keeps it'}.`,
      href: `/${project}/${name}/settings/${page}`,
    }))
}

const listWithAddress = (
  db: Db<'webhook' | 'mirror' | 'repository' | 'project' | 'user'>,
  what: 'webhook' | 'mirror',
  repositoryIds: readonly Id<'rep'>[],
) =>
  db
    .selectFrom(what)
    .innerJoin('repository', 'repository.id', `${what}.repositoryId`)
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', `${what}.stewardId`)
    .select([`${what}.id`, `${what}.url`, 'adoptBy', 'repository.name', 'project.name as project', 'displayName'])
    .where(`${what}.repositoryId`, 'in', repositoryIds)
    .where('adoptBy', 'is not', null)
    .where('isActive', '=', 1)
    .orderBy('adoptBy')
    .limit(most)
    .execute()
