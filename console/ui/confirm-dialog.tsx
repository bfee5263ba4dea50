import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemAlert } from './problem-alert.tsx'

interface ConfirmDialogProps {
  isOpen: boolean
  title: string
  /** What will happen, and what stays. */
  children: ReactNode
  /** Says the act again: never just "OK". */
  confirmLabel: string
  /** The way out, where nothing is kept by it. */
  stayLabel?: string
  act: { isPending: boolean; error: unknown; mutate: () => void; reset?: () => void }
  onClose: () => void
}

/** Asks once before something ends. The refusal, if one comes, is shown where it was asked. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, title, children, confirmLabel, stayLabel = 'Keep it', act, onClose } = props
  const close = () => {
    act.reset?.()
    onClose()
  }
  return (
    <Modal opened={isOpen} onClose={close} title={title} centered>
      <Stack>
        <Text component="div">{children}</Text>
        <ProblemAlert error={act.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} disabled={act.isPending}>
            {stayLabel}
          </Button>
          <Button color="red.8" onClick={() => act.mutate()} loading={act.isPending}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
