import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { ProgramView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { mayWords } from '../programs/scope-words.ts'

export function ProgramRow({ program }: { program: ProgramView }) {
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({
    mutationFn: () => api.delete(`/me/programs/${encodeURIComponent(program.id)}`),
    onSuccess: () => refresh('/me/programs'),
  })
  const where = program.repositories?.map(({ path }) => path).join(', ') ?? 'every repository you reach'
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {program.program}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {program.isApplication
            ? 'Knows who you are, while you are signed in'
            : `May ${mayWords(program.scopes)} · ${where}`}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {program.isApplication ? (
            <>
              Opened <TimeAgo at={program.createdAt} /> from {program.askedFrom}; ends with that session
            </>
          ) : (
            <>
              Let in <TimeAgo at={program.createdAt} /> from {program.askedFrom}
              {program.via === 'device' ? ', by a code' : ''}; asks again <TimeAgo at={program.expiresAt} />;{' '}
              {program.lastUsedAt === null ? (
                'never used'
              ) : (
                <>
                  last used <TimeAgo at={program.lastUsedAt} /> from {program.lastUsedFrom}
                </>
              )}
            </>
          )}
        </Text>
      </Stack>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Stop
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Stop “${program.program}”?`}
        confirmLabel="Stop it with a tap"
        act={end}
        onClose={() => setAsking(false)}
      >
        {program.isApplication
          ? 'You are signed out there, where it takes our word for it. To open it again, go there again.'
          : 'It is refused from now on, where it runs at this moment too. To use it again, let it in again.'}
      </ConfirmDialog>
    </Group>
  )
}
