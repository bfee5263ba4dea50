import { Anchor, Button, Group, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { RepositoryView } from '../../api/shapes.ts'
import { useInstance, useMe } from '../../api/use-me.ts'
import { FormerNameAlert } from '../../forms/former-name-alert.tsx'
import { nameProblem } from '../../forms/name-problem.ts'
import { ownProjectsQuery, ProjectField } from '../../forms/project-field.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { visibilityWords } from '../../forms/visibility-words.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, projectApi } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { createInProject } from './create-in-project.ts'

/** As it is now: the form begins with a project of this list. */
export const fetchAhead: FetchAhead = () => [queryClient.fetchQuery(ownProjectsQuery)]

/** The first repository needs a project too: where there is none, its name is asked in the same form. */
export function NewRepositoryPage() {
  const mayBegin = useMe().role !== 'guest'
  const { project: wanted } = useUrlQuery()
  const { data } = useSuspenseQuery(ownProjectsQuery)
  const projects = data.items.map(({ name }) => name)
  const host = new URL(useInstance().url).host
  const go = useGo()

  const { form, act, submitWith, onSubmit } = useActForm({
    initialValues: {
      project: wanted ?? projects[0] ?? '',
      name: '',
      description: '',
      visibility: 'private',
      takesFormerName: false,
    },
    validate: { project: nameProblem, name: nameProblem },
    act: ({ project, ...repository }) =>
      createInProject({ name: project, exists: projects.length > 0, takesFormerName: repository.takesFormerName }, () =>
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
          <ProjectField
            label="Project"
            first={projects}
            autoFocus={projects.length === 0}
            description={
              mayBegin && (
                <Anchor href={paths.newProject} size="xs">
                  Make another project
                </Anchor>
              )
            }
            {...form.getInputProps('project')}
          />
          <TextInput
            label="Name"
            placeholder="api"
            maxLength={64}
            autoFocus={projects.length > 0}
            autoComplete="off"
            spellCheck={false}
            description={
              <Text span inherit ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {host}/{project || 'project'}/{name || 'name'}.git
              </Text>
            }
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            {...form.getInputProps('name')}
          />
          <Textarea label="Description" autosize minRows={2} maxLength={500} {...form.getInputProps('description')} />
          <Radio.Group label="Who may see it" {...form.getInputProps('visibility')}>
            <Stack gap="xs" mt="xs">
              {visibilityWords.map(({ value, label, description }) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
          <FormerNameAlert
            error={act.error}
            isPending={act.isPending}
            takeOver={() => submitWith({ takesFormerName: true })}
          />
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
