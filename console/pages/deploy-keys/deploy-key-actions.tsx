import { Button, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeployKeyView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'

export type DeployKeyForm = 'change' | 'successor'

/** Each takes a tap. */
export function DeployKeyActions(props: {
  path: string
  deployKey: DeployKeyView
  onForm: (form: DeployKeyForm) => void
}) {
  const { path, deployKey: key, onForm } = props
  const [isAsking, setAsking] = useState(false)
  const end = useMutation({ mutationFn: () => api.delete(`${path}/${key.id}`), onSuccess: () => refresh(path) })
  return (
    <Group gap="xs">
      <ReasonedButton
        size="xs"
        variant="default"
        reason={key.isWaiting ? 'It was never used. Use it once, and then make the next.' : null}
        onClick={() => onForm('successor')}
      >
        New key
      </ReasonedButton>
      <Button size="xs" variant="default" onClick={() => onForm('change')}>
        Change
      </Button>
      <Button size="xs" variant="default" c="var(--mantine-color-error)" onClick={() => setAsking(true)}>
        End
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`End “${key.name}”?`}
        confirmLabel="End it with a tap"
        act={end}
        onClose={() => setAsking(false)}
      >
        {key.successor === null
          ? 'Whatever comes in with it is cut off now, and refused from now on.'
          : 'Whatever comes in with it is cut off now. The new key that takes its place ends with it, since it may have been brought by whoever else has this one.'}
      </ConfirmDialog>
    </Group>
  )
}
