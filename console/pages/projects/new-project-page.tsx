import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ProjectView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { FormerNameAlert } from '../../forms/former-name-alert.tsx'
import { nameProblem } from '../../forms/name-problem.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { useGo } from '../../url-state.ts'

export function NewProjectPage() {
  useMe()
  const go = useGo()
  const { form, act, submitWith, onSubmit } = useActForm({
    initialValues: { name: '', description: '', takesFormerName: false },
    validate: { name: nameProblem },
    act: (values) => api.post<ProjectView>('/projects', values),
    onDone: async (project) => {
      await refresh('/projects')
      go(paths.project(project.name), { replace: true })
    },
  })
  return (
    <>
      <PageHeader
        title="New project"
        crumbs={[{ label: 'Projects', href: paths.projects }]}
        description="A project holds repositories that belong together, and the people who work on them."
      />
      <form onSubmit={onSubmit} noValidate>
        <Stack maw={560}>
          <TextInput
            label="Name"
            description="It begins the address of its repositories"
            placeholder="payments"
            maxLength={64}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('name')}
          />
          <Textarea label="Description" autosize minRows={2} maxLength={500} {...form.getInputProps('description')} />
          <FormerNameAlert
            error={act.error}
            isPending={act.isPending}
            takeOver={() => submitWith({ takesFormerName: true })}
          />
          <Group>
            <Button type="submit" loading={act.isPending}>
              Create the project
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  )
}
