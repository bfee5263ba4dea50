import { Alert, Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Person, Unendorsed } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface VouchProps {
  person: Person
  unendorsed: Unendorsed
}

/** A passkey that came in by a link counts for less until somebody has checked whose it is. */
export function Vouch({ person, unendorsed }: VouchProps) {
  const [isOpen, setOpen] = useState(false)
  const vouch = useMutation({
    mutationFn: () => api.post<Person>(`/people/${person.username}/credentials/${unendorsed.id}/endorse`),
    onSuccess: async () => {
      setOpen(false)
      await refresh('/people')
    },
  })
  return (
    <Alert color="yellow" p="xs" icon={<IconFingerprint size={18} />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">The passkey “{unendorsed.name}” came in by a link. Nobody has vouched for it yet.</Text>
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          Check and vouch
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Is this ${person.displayName}’s passkey?`}>
        <Stack>
          <Text>
            Ask {person.displayName}, in person or by a call, to read you the fingerprint under Account, Passkeys. It
            must be exactly this:
          </Text>
          <Code block fz="md" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {unendorsed.fingerprint}
          </Code>
          <Text size="sm" c="dimmed">
            Your tap puts it on the list of signers: whoever checks a history kept here will take what it signs as{' '}
            {person.displayName}’s.
          </Text>
          <ProblemAlert error={vouch.error} />
          <Button loading={vouch.isPending} onClick={() => vouch.mutate()}>
            It is the same: vouch with a tap
          </Button>
        </Stack>
      </Modal>
    </Alert>
  )
}
