import type { Tx } from '../database/handles.ts'
import { folderPath } from './storage.ts'
import { throwAway } from './trash.ts'
import type { RepositoryParts } from './repository-records.ts'

/**
 * Takes the example projects away with everything in them; only what is marked as an example goes. Returns the folders
 * of their repositories, which go once that is durable.
 */
export async function removeDemoProjects(
  tx: Tx<'roleGrant' | 'repository' | 'project' | 'formerPath'>,
  root: string,
): Promise<string[]> {
  const projects = await tx.selectFrom('project').select('id').where('isDemo', '=', 1).execute()
  if (projects.length === 0) return []
  const projectIds = projects.map(({ id }) => id)
  const repositories = await tx
    .selectFrom('repository')
    .select(['id', 'folder'])
    .where('projectId', 'in', projectIds)
    .execute()
  const scopeIds = [...projectIds, ...repositories.map(({ id }) => id)]
  await tx.deleteFrom('roleGrant').where('scopeId', 'in', scopeIds).execute()
  // Nobody's clones are waited for: the names are free again.
  await tx.deleteFrom('formerPath').where('projectId', 'in', projectIds).execute()
  // Protected branches and pull requests fall with the rows.
  await tx.deleteFrom('repository').where('projectId', 'in', projectIds).execute()
  await tx.deleteFrom('project').where('id', 'in', projectIds).execute()
  return repositories.map(({ folder }) => folderPath(root, folder))
}

export async function throwAwayFolders({ git, root }: RepositoryParts, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    git.letGo(folder)
    await throwAway(root, folder)
  }
}
