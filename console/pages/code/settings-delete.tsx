import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useGo } from '../../url-state.ts'
import { SettingsSection } from './settings-section.tsx'
import type { Place } from './use-place.ts'

/** Deleting asks for the name, then for a tap. */
export function SettingsDelete({ place, repository }: { place: Place; repository: RepositoryView }) {
  const [isOpen, setIsOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const go = useGo()
  const act = useMutation({
    mutationFn: () => api.delete(place.api),
    onSuccess: () => {
      queryClient.removeQueries({ predicate: (query) => String(query.queryKey[0]).startsWith(place.api) })
      go(paths.project(place.project), { replace: true })
    },
  })
  return (
    <SettingsSection
      title="Delete"
      description="The repository, its pull requests and its proofs go. What happened stays in the audit."
    >
      <Button variant="default" c="var(--mantine-color-error)" onClick={() => setIsOpen(true)}>
        Delete this repository
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Delete ${repository.path}`}
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">Clones that people have stay as they are. This cannot be undone here.</Text>
          <TextInput
            label={`Type ${repository.path} to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <ProblemAlert error={act.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setIsOpen(false)}>
              Keep it
            </Button>
            <Button
              color="red"
              disabled={typed.trim() !== repository.path}
              loading={act.isPending}
              onClick={() => act.mutate()}
            >
              Tap to delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </SettingsSection>
  )
}
