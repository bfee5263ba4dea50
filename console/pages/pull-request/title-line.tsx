import { ActionIcon, Group, Stack, Text, TextInput, Textarea, Title, Tooltip } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { PullRequestView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { type PullRequestPlace, refreshPullRequest } from './use-pull-request.ts'

/** The title, and its form where it may be changed. */
export function TitleLine({ place, pullRequest }: { place: PullRequestPlace; pullRequest: PullRequestView }) {
  const [isEditing, setIsEditing] = useState(false)
  if (isEditing) return <EditForm place={place} pullRequest={pullRequest} onClose={() => setIsEditing(false)} />
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Title order={1} fz="xl" style={{ overflowWrap: 'anywhere' }}>
        {revealHidden(pullRequest.title)}{' '}
        <Text span inherit c="dimmed" fw={400}>
          #{pullRequest.number}
        </Text>
      </Title>
      {pullRequest.can.edit && (
        <Tooltip label="Change title and description">
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={1}
            aria-label="Change title and description"
            onClick={() => setIsEditing(true)}
          >
            <IconPencil size={17} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}

function EditForm(props: { place: PullRequestPlace; pullRequest: PullRequestView; onClose: () => void }) {
  const { place, pullRequest, onClose } = props
  const { form, act, onSubmit } = useActForm({
    initialValues: { title: pullRequest.title, description: pullRequest.description },
    validate: { title: required('a title') },
    act: (values) => api.patch<PullRequestView>(place.pullApi, values),
    onDone: async () => {
      await refreshPullRequest(place)
      onClose()
    },
  })
  return (
    <form onSubmit={onSubmit}>
      <Stack maw={820} mb="lg">
        <TextInput label="Title" maxLength={250} autoFocus {...form.getInputProps('title')} />
        <Textarea
          label="Description"
          description="Markdown"
          autosize
          minRows={5}
          maxRows={24}
          {...form.getInputProps('description')}
        />
        <FormEnd act={act} onCancel={onClose}>
          Save
        </FormEnd>
      </Stack>
    </form>
  )
}
