import { Modal } from '@mantine/core'
import { WebAuthnAbortService } from '@simplewebauthn/browser'
import { StrongerKeyPanel } from './stronger-key-panel.tsx'
import { useEscapeFirst } from './use-escape-first.ts'

interface StrongerKeyDialogProps {
  onSettled: () => void
  onClose: () => void
}

/** The rules began to ask for more while a page was open: get it over the page, and the page goes on where it was. */
export function StrongerKeyDialog({ onSettled, onClose }: StrongerKeyDialogProps) {
  const close = () => {
    WebAuthnAbortService.cancelCeremony()
    onClose()
  }
  useEscapeFirst(close)
  return (
    <Modal opened onClose={close} closeOnEscape={false} title="This needs a stronger key" centered>
      <StrongerKeyPanel onSettled={onSettled} />
    </Modal>
  )
}
