import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from './use-place.ts'

interface DeleteRefProps {
  place: Place
  kind: 'branch' | 'tag'
  name: string
  /** What becomes of what it names. */
  children: React.ReactNode
  onClose: () => void
}

/** Asks before a branch or tag goes. */
export function DeleteRef({ place, kind, name, children, onClose }: DeleteRefProps) {
  const list = `${place.api}/${kind === 'branch' ? 'branches' : 'tags'}`
  const path = name.split('/').map(encodeURIComponent).join('/')
  const act = useMutation({
    mutationFn: () => api.delete(`${list}/${path}`),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [list] })
      await queryClient.invalidateQueries({ queryKey: [place.api] })
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={`Delete ${name}`} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text size="sm">{children}</Text>
        <ProblemAlert error={act.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button color="red.8" loading={act.isPending} onClick={() => act.mutate()}>
            Delete the {kind}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
