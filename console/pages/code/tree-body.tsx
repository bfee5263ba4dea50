import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { hasCode } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import { retryWhenBusy } from '../../api/retry-when-busy.ts'
import type { TreeCommits, TreeView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useGo } from '../../url-state.ts'
import { CommitLine } from './commit-line.tsx'
import type { AtPath } from './path-frame.tsx'
import { PathProblem } from './path-problem.tsx'
import { Readme } from './readme.tsx'
import { TreeList } from './tree-list.tsx'

/** A directory at a ref: its entries and its README. */
export function TreeBody({ place, repository, refName, path }: AtPath) {
  const { data: tree, error } = useQuery(
    getQuery<TreeView>(`${place.api}/tree`, { ref: refName ?? repository.defaultBranch, path }),
  )
  // Of exactly what is listed. Nothing waits for it, and where it is not known, nothing is missed.
  const { data: commits } = useQuery({
    ...getQuery<TreeCommits>(`${place.api}/tree/commits`, { ref: tree?.oid, path }),
    enabled: tree !== undefined,
    staleTime: Infinity,
    retry: retryWhenBusy,
  })
  const isFile = hasCode(error, 'is-file')
  const go = useGo()
  useEffect(() => {
    if (isFile) go(paths.file(place.project, place.name, path, refName), { replace: true })
  }, [isFile, go, place, path, refName])
  if (error && !isFile) return <PathProblem place={place} error={error} />
  if (!tree) return <RowSkeletons rows={8} height={36} />
  return (
    <Stack gap="lg">
      <TreeList
        place={place}
        tree={tree}
        commits={commits?.items}
        refName={refName}
        header={<CommitLine repository={repository} commit={tree.lastCommit} />}
      />
      {tree.readme && (
        <Readme
          place={place}
          refName={refName}
          defaultBranch={repository.defaultBranch}
          directory={path}
          readme={tree.readme}
        />
      )}
    </Stack>
  )
}
