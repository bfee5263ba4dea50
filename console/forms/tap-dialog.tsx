import { Modal } from '@mantine/core'
import { WebAuthnAbortService } from '@simplewebauthn/browser'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { getQuery, queryClient } from '../api/queries.ts'
import type { SealMade, SealRequest } from '../api/shapes.ts'
import { sealLinkKey } from './seal-link-key.ts'
import { TapPanel } from './tap-panel.tsx'
import { useEscapeFirst } from './use-escape-first.ts'

interface TapDialogProps {
  sealRequestId: string
  onSealed: (made: SealMade) => void
  /** The person turned away. */
  onClose: () => void
}

/** The tap that a sensitive act asks for, over the page that asks. */
export function TapDialog({ sealRequestId, onSealed, onClose }: TapDialogProps) {
  const path = `/seal-requests/${encodeURIComponent(sealRequestId)}`
  const request = useQuery({ ...getQuery<SealRequest>(path), staleTime: Infinity })
  const close = () => {
    WebAuthnAbortService.cancelCeremony()
    // Nobody would go on with a tap that another device still makes: it is not asked for any more.
    if (queryClient.getQueryData(sealLinkKey(sealRequestId))) void api.post(`${path}/withdraw`).catch(() => {})
    onClose()
  }
  useEscapeFirst(close)
  return (
    <Modal
      opened
      onClose={close}
      closeOnEscape={false}
      title={request.data?.facts.title ?? 'This needs your tap'}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close without tapping' }}
    >
      <TapPanel sealRequestId={sealRequestId} onSealed={onSealed} />
    </Modal>
  )
}
