/** Editing: files changed without a clone. What is sent from here is judged as a push is. */
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { EditStart } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import type { AtPath } from '../code/path-frame.tsx'
import { PathProblem } from '../code/path-problem.tsx'

type EditFrameProps = Pick<AtPath, 'place' | 'repository' | 'refName'> & {
  /** A file that is there. */
  path?: string
  children: (start: EditStart) => ReactNode
}

/** Finds out first what somebody may do here, and from which commit on; says so where it is nothing. */
export function EditFrame({ place, repository, refName, path, children }: EditFrameProps) {
  const mayWrite = repository.myRole !== 'read'
  const ref = refName ?? repository.defaultBranch
  const { data: start, error } = useQuery({
    ...getQuery<EditStart>(`${place.api}/edit`, { ref, path }),
    enabled: mayWrite && !repository.isEmpty,
    // Always of now, and then of that moment: whoever types must not have the ground move below them.
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  if (!mayWrite)
    return (
      <EmptyState title="You may read here, and not change anything">
        Ask an administrator of this repository for the role “write”. You can read, clone and comment as you are.
      </EmptyState>
    )
  if (repository.isEmpty)
    return (
      <EmptyState
        title="There is no branch here yet"
        action={<Anchor href={paths.repository(place.project, place.name)}>How to push the first commit</Anchor>}
      >
        Files are added here once the first commit was pushed.
      </EmptyState>
    )
  if (error && !start) return <PathProblem place={place} error={error} />
  if (!start) return <RowSkeletons rows={8} height={36} />
  return (
    <Held key={`${start.branch} ${path}`} start={start}>
      {children}
    </Held>
  )
}

function Held({ start, children }: Pick<EditFrameProps, 'children'> & { start: EditStart }) {
  const [held] = useState(start)
  return children(held)
}
