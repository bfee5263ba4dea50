import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Attention } from './attention.ts'

const most = 5

/** Webhooks and mirrors whose person has left, for whoever administers their repository, the first to end first. */
export async function listLeftBehind(
  db: Db<'webhook' | 'mirror' | 'repository' | 'project' | 'user'>,
  repositoryIds: readonly Id<'rep'>[],
): Promise<Attention[]> {
  if (repositoryIds.length === 0) return []
  const webhooks = await db
    .selectFrom('webhook')
    .innerJoin('repository', 'repository.id', 'webhook.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', 'webhook.stewardId')
    .select(['webhook.id', 'webhook.url', 'adoptBy', 'repository.name', 'project.name as project', 'displayName'])
    .where('webhook.repositoryId', 'in', repositoryIds)
    .where('adoptBy', 'is not', null)
    .where('isActive', '=', 1)
    .orderBy('adoptBy')
    .limit(most)
    .execute()
  const mirrors = await db
    .selectFrom('mirror')
    .innerJoin('repository', 'repository.id', 'mirror.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', 'mirror.stewardId')
    .select(['mirror.id', 'mirror.url', 'adoptBy', 'repository.name', 'project.name as project', 'displayName'])
    .where('mirror.repositoryId', 'in', repositoryIds)
    .where('adoptBy', 'is not', null)
    .where('isActive', '=', 1)
    .orderBy('adoptBy')
    .limit(most)
    .execute()
  return [
    ...webhooks.map((row) => ({ ...row, what: 'webhook', page: `webhooks/${row.id}` })),
    ...mirrors.map((row) => ({ ...row, what: 'mirror', page: 'mirrors' })),
  ]
    .toSorted((one, other) => (one.adoptBy ?? 0) - (other.adoptBy ?? 0))
    .slice(0, most)
    .map(({ what, page, id, url, name, project, displayName }) => ({
      kind: `left-${id}`,
      text: `${displayName ?? 'Somebody'}, who looked after the ${what} of ${project}/${name} to ${new URL(url).host}, has left: keep it, or it is switched off.`,
      href: `/${project}/${name}/settings/${page}`,
    }))
}
