import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { getQuery } from '../../../api/queries.ts'
import type { AccessEnd, AccessPreview, Person } from '../../../api/shapes.ts'
import { useActForm } from '../../../forms/use-act-form.ts'
import { paths } from '../../../paths.ts'
import { counted } from '../../../ui/plain-words.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../../ui/reasoned-button.tsx'
import { RowSkeletons } from '../../../ui/skeletons.tsx'
import { CutProgress } from './cut-progress.tsx'
import { KindList } from './kind-list.tsx'
import { useRefreshPeopleAfter } from './refresh-people-after.ts'

type Whom = Pick<Person, 'username' | 'displayName'>

/** Opens the dialog that ends somebody's access. */
export function EndAccessButton({ person, label = 'End access' }: { person: Whom; label?: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" c="var(--mantine-color-error)" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <EndAccessDialog person={person} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}

/** What would end, why, one tap, and then what has ended. For a menu, whose item opens it. */
export const EndAccessDialog = (props: { person: Whom; isOpen: boolean; onClose: () => void }) => (
  <Modal
    opened={props.isOpen}
    onClose={props.onClose}
    title={`End the access of ${props.person.displayName}`}
    size="lg"
    centered
  >
    <Ending person={props.person} onClose={props.onClose} />
  </Modal>
)

function Ending({ person, onClose }: { person: Whom; onClose: () => void }) {
  const path = `/people/${person.username}`
  const preview = useQuery({ ...getQuery<AccessPreview>(`${path}/access`), staleTime: 0 })
  const [ended, setEnded] = useState<AccessEnd | null>(null)
  const { form, act, onSubmit } = useActForm({
    initialValues: { reason: '' },
    act: (values) => api.post<AccessEnd>(`${path}/end`, values),
    onDone: setEnded,
  })
  if (ended !== null) return <Ended end={ended} onClose={onClose} />
  if (preview.isPending) return <RowSkeletons />
  if (preview.isError) return <ProblemAlert error={preview.error} />
  const { kinds, agents, openConnections, refusal, state } = preview.data
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <KindList kinds={kinds} tense="now" />
        {agents.length > 0 && (
          <Text>
            {agents.length === 1 ? 'The agent they answer for ends too: ' : 'The agents they answer for end too: '}
            {agents.map(({ displayName }) => displayName).join(', ')}.
          </Text>
        )}
        {openConnections > 0 && (
          <Text>
            {counted(openConnections, 'open connection')} here {openConnections === 1 ? 'is' : 'are'} cut.
          </Text>
        )}
        <Text size="sm" c="dimmed">
          What they wrote, merged and sealed stays, and stays proven. Copies they already have are theirs.
        </Text>
        <Textarea
          label="Reason"
          description="Stands in the audit and on the receipt"
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
          {...form.getInputProps('reason')}
        />
        {refusal && (
          <Alert color="yellow" icon={<IconUserOff />}>
            {refusal}
          </Alert>
        )}
        <ProblemAlert error={act.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={act.isPending}>
            {state === 'ended' ? 'Leave it as it is' : 'Keep their access'}
          </Button>
          <ReasonedButton type="submit" color="red.8" reason={refusal} loading={act.isPending}>
            End it with a tap
          </ReasonedButton>
        </Group>
      </Stack>
    </form>
  )
}

function Ended({ end, onClose }: { end: AccessEnd; onClose: () => void }) {
  useRefreshPeopleAfter()
  return (
    <Stack>
      <CutProgress end={end} />
      <KindList kinds={end.ended} tense="past" />
      <Group justify="flex-end">
        <Button component="a" variant="default" href={paths.accessEnd(end.person.username, end.id)}>
          The receipt
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
