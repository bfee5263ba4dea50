import { Anchor, Button, Group, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery, queryClient, refresh } from '../../api/queries.ts'
import type { Items, ProjectView, RepositoryView } from '../../api/shapes.ts'
import { isAdministrator, useInstance, useMe } from '../../api/use-me.ts'
import { nameProblem } from '../../forms/name-problem.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { visibilityWords } from '../../forms/visibility-words.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, projectApi } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { createInProject } from './create-in-project.ts'

const projectsQuery = getQuery<Items<ProjectView>>('/projects')

/** As it is now: the form begins with a project of this list. */
export const fetchAhead: FetchAhead = () => [queryClient.fetchQuery(projectsQuery)]

/** The first repository needs a project too: where there is none, its name is asked in the same form. */
export function NewRepositoryPage() {
  const isAdmin = isAdministrator(useMe())
  const { project: wanted } = useUrlQuery()
  const { data } = useSuspenseQuery(projectsQuery)
  const projects = data.items.filter(({ myRole }) => isAdmin || myRole === 'admin').map(({ name }) => name)
  const host = new URL(useInstance().url).host
  const go = useGo()

  const { form, act, onSubmit } = useActForm({
    initialValues: {
      project: projects.find((name) => name === wanted) ?? projects[0] ?? '',
      name: '',
      description: '',
      visibility: 'private',
    },
    validate: { project: nameProblem, name: nameProblem },
    act: ({ project, ...repository }) =>
      createInProject(project, projects.includes(project), () =>
        api.post<RepositoryView>(`${projectApi(project)}/repositories`, repository),
      ),
    onDone: async (made) => {
      await Promise.all([refresh('/projects'), refresh('/repositories'), refresh('/home')])
      go(paths.repository(made.project, made.name), { replace: true })
    },
  })
  const { project, name } = form.values
  return (
    <>
      <PageHeader title="New repository" crumbs={[{ label: 'Projects', href: paths.projects }]} />
      <form onSubmit={onSubmit} noValidate>
        <Stack maw={560}>
          {projects.length > 0 ? (
            <Select
              label="Project"
              data={projects}
              allowDeselect={false}
              searchable
              description={
                isAdmin && (
                  <Anchor href={paths.newProject} size="xs">
                    Make another project
                  </Anchor>
                )
              }
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              {...form.getInputProps('project')}
            />
          ) : (
            <TextInput
              label="Project"
              description="There is none yet; it is made along with the repository"
              placeholder="payments"
              maxLength={64}
              autoFocus
              spellCheck={false}
              {...form.getInputProps('project')}
            />
          )}
          <TextInput
            label="Name"
            placeholder="api"
            maxLength={64}
            autoFocus={projects.length > 0}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
          <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {host}/{project || '…'}/{name || '…'}.git
          </Text>
          <Textarea label="Description" autosize minRows={2} maxLength={500} {...form.getInputProps('description')} />
          <Radio.Group label="Who may see it" {...form.getInputProps('visibility')}>
            <Stack gap="xs" mt="xs">
              {visibilityWords.map(({ value, label, description }) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
          <ProblemAlert error={act.error} />
          <Group>
            <Button type="submit" loading={act.isPending}>
              Create the repository
            </Button>
            <Anchor href={paths.importRepository(wanted)} size="sm">
              Import one from another server instead
            </Anchor>
          </Group>
        </Stack>
      </form>
    </>
  )
}
