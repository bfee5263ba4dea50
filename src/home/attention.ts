import type { Db } from '../database/handles.ts'
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
