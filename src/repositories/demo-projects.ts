import { folderPath } from './storage.ts'
import { throwAway } from './trash.ts'
import type { RepositoryParts } from './repository-records.ts'

/** Takes the example projects away with everything in them; only what is marked as an example goes. */
export async function removeDemoProjects({ database, git, root }: RepositoryParts): Promise<void> {
  const folders = await database.write(async (tx) => {
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
    // Protected branches, redirects and pull requests fall with the rows.
    await tx.deleteFrom('repository').where('projectId', 'in', projectIds).execute()
    await tx.deleteFrom('project').where('id', 'in', projectIds).execute()
    return repositories.map(({ folder }) => folderPath(root, folder))
  })
  for (const folder of folders) {
    git.objects(folder).end()
    await throwAway(root, folder)
  }
}
