import type { RepositoryPlace } from './place.ts'
import { listProtectedBranches } from './protected-branches.ts'
import type { RepositoryParts } from './repository-records.ts'
import { folderPath } from './storage.ts'
import type { RepositoryView } from './shapes.ts'

/** Everything the repository's page begins with. */
export async function renderRepository(
  { database, git, root, origin }: RepositoryParts & { origin: string },
  { repository, project, role }: Pick<RepositoryPlace, 'repository' | 'project' | 'role'>,
): Promise<RepositoryView> {
  const { read } = database
  const path = `${project.name}/${repository.name}`
  const folder = folderPath(root, repository.folder)
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', '--', 'refs/heads', 'refs/tags'], {
    repository: folder,
    maxOutputBytes: 64 * 1024 ** 2,
  })
  const refs = stdout.toString().split('\n').filter(Boolean)
  const branchCount = refs.filter((ref) => ref.startsWith('refs/heads/')).length
  const { count } = await read
    .selectFrom('pullRequest')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('repositoryId', '=', repository.id)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  const cloneUrl = `${origin}/${path}.git`
  return {
    id: repository.id,
    project: project.name,
    name: repository.name,
    path,
    description: repository.description,
    visibility: repository.visibility,
    isDemo: project.isDemo === 1,
    pushedAt: repository.pushedAt,
    createdAt: repository.createdAt,
    defaultBranch: repository.defaultBranch,
    isEmpty: refs.length === 0,
    cloneUrl,
    allowedSignersUrl: `${cloneUrl}/allowed_signers`,
    myRole: role,
    openPullRequests: count,
    branchCount,
    tagCount: refs.length - branchCount,
    protectedBranches: await listProtectedBranches(read, repository.id),
  }
}
