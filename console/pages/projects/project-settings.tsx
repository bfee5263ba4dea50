import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { ProjectView } from '../../api/shapes.ts'
import { FormerNameAlert } from '../../forms/former-name-alert.tsx'
import { nameProblem } from '../../forms/name-problem.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { paths, projectApi } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { Section } from '../../ui/section.tsx'
import { useGo } from '../../url-state.ts'

export function ProjectSettings({ project }: { project: ProjectView }) {
  const go = useGo()
  const [isAsking, setAsking] = useState(false)
  const { form, act, submitWith, onSubmit } = useActForm({
    initialValues: { name: project.name, description: project.description, takesFormerName: false },
    validate: { name: nameProblem },
    act: (values) => api.patch<ProjectView>(projectApi(project.name), values),
    onDone: async (changed) => {
      await queryClient.invalidateQueries()
      if (changed.name !== project.name) go(`${paths.project(changed.name)}?tab=settings`, { replace: true })
    },
  })
  const held = project.repositoryCount
    ? `It still holds ${project.repositoryCount === 1 ? 'a repository: delete that' : `${project.repositoryCount} repositories: delete those`} first`
    : null
  const remove = useMutation({
    mutationFn: () => api.delete(projectApi(project.name)),
    onSuccess: async () => {
      go(paths.projects, { replace: true })
      await refresh('/projects')
    },
  })
  return (
    <Stack gap="xl" maw={560}>
      <form onSubmit={onSubmit} noValidate>
        <Stack>
          <TextInput
            label="Name"
            description="After a rename the old addresses lead to the new ones"
            maxLength={64}
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
            <Button type="submit" loading={act.isPending} disabled={!form.isDirty()}>
              Save with a tap
            </Button>
            {act.isSuccess && (
              <Text size="sm" c="dimmed" role="status">
                Saved
              </Text>
            )}
          </Group>
        </Stack>
      </form>
      <Section title="Delete this project">
        <Text c="dimmed">
          {held === null
            ? 'Where repositories have been in it, its name is kept for you and administrators. What happened in it stays in the audit.'
            : `${held}.`}
        </Text>
        <Group>
          <ReasonedButton
            variant="default"
            {...(held === null ? { c: 'var(--mantine-color-error)' } : {})}
            reason={held && 'It is not empty'}
            onClick={() => setAsking(true)}
          >
            Delete the project
          </ReasonedButton>
        </Group>
      </Section>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Delete the project ${project.name}?`}
        confirmLabel="Delete with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        Where repositories have been in it, its name is kept for you and administrators. What happened in it stays in
        the audit.
      </ConfirmDialog>
    </Stack>
  )
}
