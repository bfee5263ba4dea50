import { Button, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { AnnouncementView, NewAnnouncement as Wanted } from '../../api/shapes.ts'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { strengthWords } from '../../ui/strength-words.ts'

interface NewAnnouncementProps {
  /** The group's name. */
  group: string
  isOpen: boolean
  onClose: () => void
  onMade: (made: AnnouncementView) => void
}

export const NewAnnouncement = ({ group, isOpen, onClose, onMade }: NewAnnouncementProps) => (
  <Modal opened={isOpen} onClose={onClose} title={`Tell everybody in ${group}`}>
    <NewAnnouncementForm group={group} onMade={onMade} />
  </Modal>
)

const asks = [
  { value: '', label: 'Nothing: it only tells' },
  ...(['passkey', 'device-bound', 'attested'] as const).map((value) => ({
    value,
    label: `Add ${strengthWords[value]}`,
  })),
]

function NewAnnouncementForm({ group, onMade }: Pick<NewAnnouncementProps, 'group' | 'onMade'>) {
  const { form, act, onSubmit } = useActForm({
    initialValues: { title: '', body: '', asksFor: '', day: '' },
    validate: { title: required('it a title') },
    act: ({ title, body, asksFor, day }) =>
      api.post<AnnouncementView>(`/groups/${encodeURIComponent(group)}/announcements`, {
        title: title.trim(),
        body,
        asksFor: asksFor === '' ? null : (asksFor as NonNullable<Wanted['asksFor']>),
        dueAt: asksFor === '' || day === '' ? null : new Date(`${day}T23:59`).getTime(),
      } satisfies Wanted),
    onDone: async (made) => {
      await refresh('/announcements')
      onMade(made)
    },
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <TextInput
          label="Title"
          placeholder="From May on we sign in with hardware keys"
          maxLength={120}
          data-autofocus
          {...form.getInputProps('title')}
        />
        <Textarea
          label="What changes, and how simple it is"
          autosize
          minRows={3}
          maxLength={600}
          {...form.getInputProps('body')}
        />
        <Select label="What they should do" data={asks} allowDeselect={false} {...form.getInputProps('asksFor')} />
        {form.values.asksFor !== '' && <TextInput type="date" label="By" {...form.getInputProps('day')} />}
        <ProblemAlert error={act.error} />
        <Button type="submit" loading={act.isPending}>
          Send
        </Button>
      </Stack>
    </form>
  )
}
