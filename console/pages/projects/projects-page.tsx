import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconFolders, IconPlus } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { ProjectView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { FindInList } from '../../forms/find-in-list.tsx'
import { paths } from '../../paths.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { useUrlState } from '../../url-state.ts'

const projectsQuery = (q: string) => pagesQuery<ProjectView>('/projects', { q })

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [
  queryClient.ensureInfiniteQueryData(projectsQuery(q)),
]

/** The projects one reaches: each a namespace of repositories, and a place to give roles. */
export function ProjectsPage() {
  const mayBegin = useMe().role !== 'guest'
  // The list of before stands until the next is there; all that is said here is said of the one that stands.
  const q = useDeferredValue(useUrlState('q', '')[0])
  const list = useSuspenseInfiniteQuery(projectsQuery(q))
  const rows = list.data.pages.flatMap(({ items }) => items)
  const isEmpty = rows.length === 0 && q === ''
  const newButton = mayBegin && (
    <Button component="a" href={paths.newProject} leftSection={<IconPlus size={18} aria-hidden />}>
      New project
    </Button>
  )
  return (
    <>
      <PageHeader title="Projects" action={!isEmpty && newButton} />
      <FindInList label="Find a project" q={q} list={list} />
      {isEmpty ? (
        <EmptyState icon={<IconFolders size={32} />} title="No projects yet" action={newButton}>
          {mayBegin
            ? 'A project holds repositories that belong together, and the people who work on them.'
            : 'Projects that are opened to you appear here. Whoever invited you can say which those are.'}
        </EmptyState>
      ) : rows.length === 0 ? (
        <EmptyState title={`No project matches “${q}”`} />
      ) : (
        <Stack gap={0}>
          <RowList label="Projects">
            {rows.map((project) => (
              <ProjectRow key={project.id} project={project} />
            ))}
          </RowList>
          <ShowMore
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </Stack>
      )}
    </>
  )
}

const ProjectRow = ({ project }: { project: ProjectView }) => (
  <Group justify="space-between">
    <Stack gap={2} miw={0} flex={1}>
      <Group gap="xs">
        <Anchor href={paths.project(project.name)} fw={550}>
          {project.name}
        </Anchor>
        <DemoBadge isDemo={project.isDemo} />
      </Group>
      {project.description && (
        <Text size="sm" c="dimmed" lineClamp={2}>
          {project.description}
        </Text>
      )}
    </Stack>
    <Text size="sm" c="dimmed">
      {project.repositoryCount === 1 ? '1 repository' : `${project.repositoryCount} repositories`}
    </Text>
  </Group>
)
