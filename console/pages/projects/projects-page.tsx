import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconFolders, IconPlus } from '@tabler/icons-react'
import { pagesQuery, queryClient } from '../../api/queries.ts'
import type { ProjectView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { SearchedList, useSearchedList } from '../../forms/searched-list.tsx'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { RowList } from '../../ui/row-list.tsx'

const projectsQuery = (q: string) => pagesQuery<ProjectView>('/projects', { q })

export const fetchAhead: FetchAhead = ({ search: { q = '' } }) => [
  queryClient.ensureInfiniteQueryData(projectsQuery(q)),
]

/** The projects one reaches: each a namespace of repositories, and a place to give roles. */
export function ProjectsPage() {
  const mayBegin = useMe().role !== 'guest'
  const searched = useSearchedList(projectsQuery)
  const newButton = mayBegin && (
    <Button component="a" href={paths.newProject} leftSection={<IconPlus size={18} aria-hidden />}>
      New project
    </Button>
  )
  return (
    <>
      <PageHeader title="Projects" action={!searched.isEmpty && newButton} />
      <SearchedList
        searched={searched}
        what="project"
        nothing={
          <EmptyState icon={<IconFolders size={32} />} title="No projects yet" action={newButton}>
            {mayBegin
              ? 'A project holds repositories that belong together, and the people who work on them.'
              : 'Projects that are opened to you appear here. Whoever invited you can say which those are.'}
          </EmptyState>
        }
      >
        <RowList label="Projects">
          {searched.items.map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </RowList>
      </SearchedList>
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
        <Text size="sm" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          {revealHidden(project.description)}
        </Text>
      )}
    </Stack>
    <Text size="sm" c="dimmed">
      {project.repositoryCount === 1 ? '1 repository' : `${project.repositoryCount} repositories`}
    </Text>
  </Group>
)
