import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Caller } from '../identity/caller.ts'

export interface Attention {
  kind: string
  text: string
  href: string
}

/** What an administrator should look after: passkeys nobody vouched for, branches whose start nobody sealed. */
export async function listAttention(
  db: Db<'credentialRecord' | 'protectedBranch'>,
  caller: Pick<Caller, 'id'>,
): Promise<Attention[]> {
  const unendorsed = await db
    .selectFrom('credentialRecord')
    .innerJoin('user', 'user.id', 'credentialRecord.userId')
    .select(['user.displayName', 'user.username'])
    .distinct()
    .where('credentialRecord.endorsedBy', 'is', null)
    .where('credentialRecord.enrolledVia', '!=', 'setup')
    .where('credentialRecord.endedAt', 'is', null)
    .where('credentialRecord.suspendedBy', 'is', null)
    .where('user.state', '=', 'active')
    .where('user.id', '!=', caller.id)
    .orderBy('user.username')
    .limit(5)
    .execute()
  const unsealed = await db
    .selectFrom('protectedBranch')
    .innerJoin('repository', 'repository.id', 'protectedBranch.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['protectedBranch.ref', 'repository.name', 'project.name as project'])
    .where('protectSealId', 'is', null)
    .orderBy('protectedBranch.createdAt')
    .limit(5)
    .execute()
  return [
    ...unendorsed.map(({ displayName, username }) => ({
      kind: `vouch-${username}`,
      text: `${displayName} registered a passkey that nobody has vouched for yet.`,
      href: `/-/people?q=${encodeURIComponent(username)}`,
    })),
    ...unsealed.map(({ ref, name, project }) => ({
      kind: `start-${project}/${name}-${ref}`,
      text: `${ref.replace('refs/heads/', '')} of ${project}/${name} is protected, but nobody has sealed its start yet.`,
      href: `/${project}/${name}`,
    })),
  ]
}

/** Merges past a branch's rule that nobody has looked at yet, for whoever administers the repository, the latest due last. */
export async function listUnconfirmed(
  db: Db<'pullRequest' | 'repository' | 'project' | 'user'>,
  { caller, repositoryIds, at }: { caller: Pick<Caller, 'id'>; repositoryIds: readonly Id<'rep'>[]; at: number },
): Promise<Attention[]> {
  if (repositoryIds.length === 0) return []
  const rows = await db
    .selectFrom('pullRequest')
    .innerJoin('repository', 'repository.id', 'pullRequest.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .leftJoin('user', 'user.id', 'pullRequest.mergedBy')
    .select(['pullRequest.number', 'pullRequest.confirmBy', 'pullRequest.mergedBy', 'pullRequest.authorId'])
    .select(['repository.name', 'project.name as project', 'user.displayName'])
    .where('pullRequest.repositoryId', 'in', repositoryIds)
    .where('bypassReason', 'is not', null)
    .where('confirmedBy', 'is', null)
    .orderBy('confirmBy')
    .limit(5)
    .execute()
  return rows.map(({ number, confirmBy, mergedBy, authorId, name, project, displayName }) => {
    const isLate = confirmBy !== null && at > confirmBy
    const isOwn = mergedBy === caller.id || authorId === caller.id
    return {
      kind: `bypass-${project}/${name}-${number}`,
      text: `${displayName ?? 'Somebody'} merged ${project}/${name}#${number} past its branch’s rule, and ${isLate ? 'nobody has looked at it in time' : 'a second person has to look at it'}${isOwn ? ': ask one.' : '.'}`,
      href: `/${project}/${name}/pull-requests/${number}`,
    }
  })
}
