import type { Git } from './git.ts'
import { writeObjects } from './write-objects.ts'

/**
 * Brings commits into a repository that has their trees: as one pack by one process, however many there are.
 * @throws GitError where git takes one of them for no commit
 */
export const writeCommits = (git: Git, folder: string, commits: readonly Buffer[]): Promise<void> =>
  writeObjects(
    git,
    folder,
    commits.map((bytes) => ({ kind: 'commit', bytes })),
    { check: '--fsck-objects' },
  )
