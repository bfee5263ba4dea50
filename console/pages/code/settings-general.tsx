import { Button, Group, Radio, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { RepositoryView } from '../../api/shapes.ts'
import { FormerNameAlert } from '../../forms/former-name-alert.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { visibilityWords } from '../../forms/visibility-words.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { useGo } from '../../url-state.ts'
import { SettingsSection } from './settings-section.tsx'
import type { Place } from './use-place.ts'

/** Name, description and who sees it. */
export function SettingsGeneral({ place, repository }: { place: Place; repository: RepositoryView }) {
  const go = useGo()
  const { form, act, submitWith, onSubmit } = useActForm({
    initialValues: {
      name: repository.name,
      description: repository.description,
      visibility: repository.visibility,
      takesFormerName: false,
    },
    validate: { name: required('a name') },
    act: (values) => api.patch<RepositoryView>(place.api, values),
    onDone: async (changed: RepositoryView) => {
      if (changed.name === place.name) {
        await queryClient.invalidateQueries({ queryKey: [place.api] })
        form.resetDirty()
      } else {
        queryClient.setQueryData([repositoryApi(changed.project, changed.name), {}], changed)
        go(paths.settings(changed.project, changed.name), { replace: true })
      }
    },
  })
  const isRenamed = form.values.name.trim() !== repository.name
  return (
    <SettingsSection title="Name and who sees it">
      <form onSubmit={onSubmit}>
        <Stack>
          <TextInput label="Name" maxLength={64} {...form.getInputProps('name')} />
          {isRenamed && (
            <Text size="sm" c="dimmed">
              The old address leads to the new one, for git too.
            </Text>
          )}
          <Textarea label="Description" autosize minRows={2} maxLength={1000} {...form.getInputProps('description')} />
          <Radio.Group label="Who sees it" {...form.getInputProps('visibility')}>
            <Stack gap="xs" mt="xs">
              {visibilityWords.map((choice) => (
                <Radio key={choice.value} {...choice} />
              ))}
            </Stack>
          </Radio.Group>
          <FormerNameAlert
            error={act.error}
            isPending={act.isPending}
            takeOver={() => submitWith({ takesFormerName: true })}
          />
          <Group>
            <Button type="submit" loading={act.isPending} disabled={!form.isDirty()}>
              Save with a tap
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {act.isSuccess && !form.isDirty() ? 'Saved' : ''}
            </Text>
          </Group>
        </Stack>
      </form>
    </SettingsSection>
  )
}
