import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { SealRequest } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

interface RefuseProps {
  request: SealRequest
  onRefused: () => void
}

/** No; and where a token of one's own asked, no, and that token must stop. */
export function Refuse({ request: { id, askedFrom }, onRefused }: RefuseProps) {
  const [isAsking, setAsking] = useState(false)
  const path = `/seal-requests/${encodeURIComponent(id)}`
  const refuse = useMutation({ mutationFn: () => api.post<void>(`${path}/refuse`), onSuccess: onRefused })
  const end = useMutation({
    mutationFn: () => api.post<void>(`${path}/refuse-and-end-token`),
    onSuccess: onRefused,
  })
  return (
    <Stack gap="xs">
      <ProblemAlert error={refuse.error} />
      <Button variant="default" loading={refuse.isPending} onClick={() => refuse.mutate()}>
        Refuse
      </Button>
      {askedFrom.canEndToken && (
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          Refuse and end this token
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={`Refuse, and end the token “${askedFrom.tokenName ?? ''}”?`}
        confirmLabel="Refuse and end it"
        act={end}
        onClose={() => setAsking(false)}
      >
        Whatever uses it can do nothing here any more, at once. Everything else it asked you for falls with it.
      </ConfirmDialog>
    </Stack>
  )
}
