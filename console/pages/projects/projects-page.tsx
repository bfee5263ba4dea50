import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconFolders, IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { Items, ProjectView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { DemoBadge } from '../../ui/demo-badge.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { WholeList } from '../../ui/whole-list.tsx'

const projectsQuery = getQuery<Items<ProjectView>>('/projects')

export const fetchAhead: FetchAhead = () => [queryClient.ensureQueryData(projectsQuery)]

/** The projects one reaches: each a namespace of repositories, and a place to give roles. */
export function ProjectsPage() {
  const isAdmin = isAdministrator(useMe())
  const { data } = useSuspenseQuery(projectsQuery)
  const newButton = isAdmin && (
    <Button component="a" href={paths.newProject} leftSection={<IconPlus size={18} aria-hidden />}>
      New project
    </Button>
  )
  return (
    <>
      <PageHeader title="Projects" action={data.items.length > 0 && newButton} />
      {data.items.length === 0 ? (
        <EmptyState icon={<IconFolders size={32} />} title="No projects yet" action={newButton}>
          {isAdmin
            ? 'A project holds repositories that belong together, and the people who work on them.'
            : 'Projects that are opened to you appear here. Whoever invited you can say which those are.'}
        </EmptyState>
      ) : (
        <WholeList label="Projects">
          {data.items.map((project) => (
            <Group key={project.id} justify="space-between">
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
          ))}
        </WholeList>
      )}
    </>
  )
}
