import { Button, Group, Stack } from '@mantine/core'
import { IconBook2, IconPlus } from '@tabler/icons-react'
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getQuery, pagesQuery, queryClient } from '../../api/queries.ts'
import type { ProjectView, RepositorySummary } from '../../api/shapes.ts'
import { isAdministrator, useMaybeMe } from '../../api/use-me.ts'
import { MembersEditor } from '../../forms/members-editor.tsx'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, projectApi } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RepositoryRow } from '../../ui/repository-row.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { usePathPart, useUrlQuery } from '../../url-state.ts'
import { ProjectSettings } from './project-settings.tsx'

const projectQuery = (name: string) => getQuery<ProjectView>(projectApi(name))
const repositoriesQuery = (name: string) => pagesQuery<RepositorySummary>(`${projectApi(name)}/repositories`)

export const fetchAhead: FetchAhead = ({ params: { project = '' } }) => [
  queryClient.ensureQueryData(projectQuery(project)),
  queryClient.ensureInfiniteQueryData(repositoriesQuery(project)),
]

/** One project: its repositories, and for its administrators its members and settings. */
export function ProjectPage() {
  const name = usePathPart('project')
  const me = useMaybeMe()
  const { tab } = useUrlQuery()
  const { data: project } = useSuspenseQuery(projectQuery(name))
  const isAdmin = isAdministrator(me) || project.myRole === 'admin'
  const here = isAdmin && (tab === 'members' || tab === 'settings') ? tab : 'repositories'
  const tabTo = (value: string) =>
    value === 'repositories' ? paths.project(name) : `${paths.project(name)}?tab=${value}`
  return (
    <>
      <PageHeader
        title={project.name}
        description={revealHidden(project.description)}
        crumbs={[{ label: 'Projects', href: paths.projects }]}
        action={isAdmin && here === 'repositories' && project.repositoryCount > 0 && <Begin project={project} />}
      />
      {isAdmin && (
        <PageTabs
          label={project.name}
          tabs={['repositories', 'members', 'settings'].map((value) => ({
            label: value.charAt(0).toUpperCase() + value.slice(1),
            href: tabTo(value),
            isHere: value === here,
          }))}
        />
      )}
      {here === 'repositories' && <Repositories project={project} isAdmin={isAdmin} />}
      {here === 'members' && <MembersEditor api={`${projectApi(name)}/members`} scope="project" />}
      {here === 'settings' && <ProjectSettings project={project} />}
    </>
  )
}

/** The two ways to a repository. */
const Begin = ({ project }: { project: ProjectView }) => (
  <Group gap="sm">
    <Button component="a" variant="default" href={paths.importRepository(project.name)}>
      Import
    </Button>
    <Button component="a" href={paths.newRepository(project.name)} leftSection={<IconPlus size={18} aria-hidden />}>
      New repository
    </Button>
  </Group>
)

function Repositories({ project, isAdmin }: { project: ProjectView; isAdmin: boolean }) {
  const list = useSuspenseInfiniteQuery(repositoriesQuery(project.name))
  const rows = list.data.pages.flatMap(({ items }) => items)
  if (rows.length === 0)
    return (
      <EmptyState
        icon={<IconBook2 size={32} />}
        title="No repositories in this project yet"
        action={isAdmin && <Begin project={project} />}
      >
        {isAdmin
          ? 'Begin with an empty one, or bring one over from another server with all its history.'
          : 'Those that are opened to you appear here.'}
      </EmptyState>
    )
  return (
    <Stack gap={0}>
      <RowList label="Repositories">
        {rows.map((repository) => (
          <RepositoryRow
            key={repository.id}
            repository={repository}
            href={paths.repository(repository.project, repository.name)}
          />
        ))}
      </RowList>
      <ShowMore
        hasMore={list.hasNextPage}
        isLoading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </Stack>
  )
}
