import { Anchor, Highlight, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import { retryWhenBusy } from '../../api/retry-when-busy.ts'
import type { FoundPaths } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { PathProblem } from './path-problem.tsx'
import type { Place } from './use-place.ts'

export interface Sought {
  place: Place
  /** The default branch's name where `refName` is undefined. */
  currentRef: string
  refName: string | undefined
  q: string
}

export function FoundFiles({ place, currentRef, refName, q }: Sought) {
  const { data: found, error } = useQuery({
    ...getQuery<FoundPaths>(`${place.api}/find/paths`, { ref: currentRef, q }),
    placeholderData: keepPreviousData,
    retry: retryWhenBusy,
  })
  return (
    <Section title="Files">
      {error ? (
        <PathProblem place={place} error={error} />
      ) : !found ? (
        <RowSkeletons rows={2} height={36} />
      ) : (
        <>
          {found.items.length === 0 ? (
            <Text c="dimmed">No file’s path has this in it.</Text>
          ) : (
            <RowList label="Files">
              {found.items.map((path) => (
                <Anchor key={path} href={paths.file(place.project, place.name, path, refName)} c="inherit" size="sm">
                  <Highlight component="span" inherit highlight={q.split(/\s+/)} style={{ overflowWrap: 'anywhere' }}>
                    {revealHidden(path)}
                  </Highlight>
                </Anchor>
              ))}
            </RowList>
          )}
          {found.total > found.items.length && (
            <Text c="dimmed">
              These are the first of {found.total.toLocaleString('en')}. Type more of the name to see fewer.
            </Text>
          )}
          {!found.isComplete && (
            <Text c="dimmed">
              There are more files than can be looked through here. Clone the repository to find the rest.
            </Text>
          )}
        </>
      )}
    </Section>
  )
}
