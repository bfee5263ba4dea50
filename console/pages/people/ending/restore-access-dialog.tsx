import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import type { Person, Restored } from '../../../api/shapes.ts'
import { CopyBlock } from '../../../ui/copy-block.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { TimeAgo } from '../../../ui/time-ago.tsx'
import { useRefreshPeopleAfter } from './refresh-people-after.ts'

type Whom = Pick<Person, 'username' | 'displayName'>

/** Opens the dialog that gives an account back. */
export function RestoreAccessButton({ person }: { person: Whom }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        Give access back
      </Button>
      <RestoreAccessDialog person={person} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}

/** The account comes back alone, with a link to register anew. */
export function RestoreAccessDialog(props: { person: Whom; isOpen: boolean; onClose: () => void }) {
  const { person, isOpen, onClose } = props
  const restore = useMutation({
    mutationFn: () => api.post<Restored>(`/people/${person.username}/restore`),
  })
  const close = () => {
    restore.reset()
    onClose()
  }
  return (
    <Modal opened={isOpen} onClose={close} title={`Give ${person.displayName} access back`} centered>
      {restore.data ? (
        <Given restored={restore.data} onClose={close} />
      ) : (
        <Stack>
          <Text>
            The account comes back with its role and groups, and nothing else: no passkey, no session, no token. They
            register anew.
          </Text>
          <ProblemAlert error={restore.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={restore.isPending}>
              Leave it ended
            </Button>
            <Button loading={restore.isPending} onClick={() => restore.mutate()}>
              Give it back with a tap
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}

function Given({ restored, onClose }: { restored: Restored; onClose: () => void }) {
  useRefreshPeopleAfter()
  return (
    <Stack>
      {restored.link === null || restored.expiresAt === null ? (
        <Text>{restored.person.displayName} is back. Its tokens are not: make new ones.</Text>
      ) : (
        <>
          <CopyBlock
            label={`Send this link to ${restored.person.displayName}`}
            lines={[restored.link]}
            what="the link"
          />
          <Text size="sm">
            It works once and ends <TimeAgo at={restored.expiresAt} />. Whoever opens it becomes{' '}
            {restored.person.displayName}.
          </Text>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
