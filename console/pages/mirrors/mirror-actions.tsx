import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { MirrorView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'

/** All but "mirror now" takes a tap. */
export function MirrorActions({ path, mirror, onEdit }: { path: string; mirror: MirrorView; onEdit: () => void }) {
  const here = `${path}/${mirror.id}`
  const host = new URL(mirror.url).host
  const [isAsking, setAsking] = useState(false)
  const onSuccess = () => refresh(path)
  const run = useMutation({ mutationFn: () => api.post<MirrorView>(`${here}/run`), onSuccess })
  const turn = useMutation({
    mutationFn: () => api.patch<MirrorView>(here, { isActive: !mirror.isActive }),
    onSuccess,
  })
  const remove = useMutation({ mutationFn: () => api.delete(here), onSuccess })
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <ReasonedButton
          size="xs"
          variant={mirror.state === 'failing' ? 'light' : 'default'}
          reason={mirror.isActive ? null : 'It is switched off. Switch it on: it mirrors at once.'}
          loading={run.isPending || mirror.state === 'running'}
          onClick={() => run.mutate()}
        >
          Mirror now
        </ReasonedButton>
        <Button size="xs" variant="default" onClick={onEdit}>
          Edit
        </Button>
        <Button size="xs" variant="default" loading={turn.isPending} onClick={() => turn.mutate()}>
          {mirror.isActive ? 'Switch off' : 'Switch on'}
        </Button>
        <Button size="xs" variant="default" c="var(--mantine-color-error)" onClick={() => setAsking(true)}>
          Remove
        </Button>
      </Group>
      <ProblemAlert error={run.error ?? turn.error} />
      <ConfirmDialog
        isOpen={isAsking}
        title={`Remove the mirror at ${host}?`}
        confirmLabel="Remove it with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        Nothing goes to {host} from now on. What is there stays there.
      </ConfirmDialog>
    </Stack>
  )
}
