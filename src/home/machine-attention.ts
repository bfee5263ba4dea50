import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Caller } from '../identity/caller.ts'
import type { Attention } from './attention.ts'

const dayMs = 86_400_000
const most = 5

/** Deploy keys that end soon, or whose person has left, for whoever administers their repository, the first to end first. */
export async function listDeployKeyAttention(
  db: Db<'deployKey' | 'repository' | 'project' | 'user'>,
  repositoryIds: readonly Id<'rep'>[],
  at: number,
): Promise<Attention[]> {
  if (repositoryIds.length === 0) return []
  const rows = await db
    .selectFrom('deployKey')
    .innerJoin('repository', 'repository.id', 'deployKey.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', 'deployKey.stewardId')
    .select(['deployKey.id', 'deployKey.name as key', 'adoptBy', 'expiresAt', 'successorId'])
    .select(['repository.name', 'project.name as project', 'user.displayName'])
    .where('deployKey.repositoryId', 'in', repositoryIds)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    // What has just been given so few days is meant to end.
    .where((eb) =>
      eb.or([
        eb('adoptBy', 'is not', null),
        eb.and([eb('expiresAt', '<=', at + 14 * dayMs), eb('warnedDays', 'is not', null)]),
      ]),
    )
    .orderBy('expiresAt')
    .limit(most)
    .execute()
  return rows.map(({ id, key, adoptBy, expiresAt, successorId, name, project, displayName }) => ({
    kind: `${adoptBy === null ? 'key-ends' : 'left'}-${id}`,
    text:
      adoptBy === null
        ? `The deploy key “${key}” of ${project}/${name} ends on ${dayOf(expiresAt)}${successorId === null ? ': give it a successor if it is still wanted.' : ', and the new one was not used yet.'}`
        : `${displayName ?? 'Somebody'}, who looked after the deploy key “${key}” of ${project}/${name}, has left: keep it, or it ends.`,
    href: `/${project}/${name}/settings/deploy-keys`,
  }))
}

/** The caller’s API tokens, and those of their agents, that end soon. */
export async function listTokenAttention(
  db: Db<'apiToken' | 'user'>,
  caller: Pick<Caller, 'id'>,
  at: number,
): Promise<Attention[]> {
  const rows = await db
    .selectFrom('apiToken')
    .innerJoin('user', 'user.id', 'apiToken.userId')
    .select(['apiToken.id', 'apiToken.name', 'expiresAt', 'secretUntil', 'user.kind', 'user.username'])
    // One list of people first: either of two tables would be read whole.
    .where('apiToken.userId', 'in', (eb) =>
      eb
        .selectFrom('user as own')
        .select('own.id')
        .where((own) => own.or([own('own.id', '=', caller.id), own('own.ownerId', '=', caller.id)])),
    )
    .where('user.state', '=', 'active')
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .where('warnedDays', 'is not', null)
    .orderBy('expiresAt')
    .limit(most)
    .execute()
  return rows.map(({ id, name, expiresAt, secretUntil, kind, username }) => {
    const which = `API token “${name}”${kind === 'agent' ? ` of your agent ${username}` : ''}`
    return {
      kind: `token-ends-${id}`,
      text:
        secretUntil === null
          ? `Your ${which} ends on ${dayOf(expiresAt)}: give it a new secret if it is still wanted.`
          : `The former secret of your ${which} ends on ${dayOf(secretUntil)}, and the new one was not used yet.`,
      href: kind === 'agent' ? '/-/agents' : '/-/account/tokens',
    }
  })
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
