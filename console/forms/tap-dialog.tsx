import { Modal } from '@mantine/core'
import { WebAuthnAbortService } from '@simplewebauthn/browser'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../api/queries.ts'
import type { SealMade, SealRequest } from '../api/shapes.ts'
import { TapPanel } from './tap-panel.tsx'

interface TapDialogProps {
  sealRequestId: string
  onSealed: (made: SealMade) => void
  /** The person turned away; the request stays open until it expires. */
  onClose: () => void
}

/** The tap that a sensitive act asks for, over the page that asks. */
export function TapDialog({ sealRequestId, onSealed, onClose }: TapDialogProps) {
  const path = `/seal-requests/${encodeURIComponent(sealRequestId)}`
  const request = useQuery({ ...getQuery<SealRequest>(path), staleTime: Infinity })
  const close = () => {
    WebAuthnAbortService.cancelCeremony()
    onClose()
  }
  return (
    <Modal
      opened
      onClose={close}
      title={request.data?.facts.title ?? 'This needs your tap'}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close without tapping' }}
    >
      <TapPanel sealRequestId={sealRequestId} onSealed={onSealed} />
    </Modal>
  )
}
