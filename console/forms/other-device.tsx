import { Anchor, Box, Center, Group, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import type { SealLink, SealOutcome } from '../api/shapes.ts'
import { useInstance } from '../api/use-me.ts'
import { waitForSeal } from '../api/wait-for-seal.ts'
import { paths } from '../paths.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { RowSkeletons } from '../ui/skeletons.tsx'
import { sealLinkKey } from './seal-link-key.ts'

interface OtherDeviceProps {
  sealRequestId: string
  /** It was answered somewhere, or nobody can any more. */
  onOver: (outcome: SealOutcome) => void
  /** Back to the key at hand. */
  onBack: () => void
}

/** The link to this request as a picture and to type; waits until somebody has answered there. */
export function OtherDevice({ sealRequestId, onOver, onBack }: OtherDeviceProps) {
  const { isLocalhost } = useInstance()
  const link = useQuery({
    queryKey: sealLinkKey(sealRequestId),
    queryFn: () => api.post<SealLink>(`/seal-requests/${encodeURIComponent(sealRequestId)}/link`),
    staleTime: Infinity,
  })
  const [waitError, setWaitError] = useState<unknown>(null)
  const over = useRef(onOver)
  useEffect(() => {
    over.current = onOver
  })
  useEffect(() => {
    const left = new AbortController()
    waitForSeal(sealRequestId, left.signal).then(
      (outcome) => over.current(outcome),
      (error: unknown) => {
        if (!left.signal.aborted) setWaitError(error)
      },
    )
    return () => left.abort()
  }, [sealRequestId])

  const error = link.error ?? waitError
  const url = link.data && `${location.origin}${paths.sealRequest(link.data.code)}`
  return (
    <Stack gap="md">
      <ProblemAlert error={error} />
      {!error && !url && <RowSkeletons rows={1} height={220} />}
      {!error && url && (
        <>
          <Center>
            <QrCode text={url} label="QR code of the link to this request" />
          </Center>
          <Text size="sm" ta="center">
            Scan it with your other device, or open your inbox there. Or type this address:
          </Text>
          <Center>
            <Group gap={4} wrap="nowrap">
              <Text ff="monospace" fw={600} ta="center" style={{ overflowWrap: 'anywhere' }}>
                {location.host}/s/
                <wbr />
                <span style={{ whiteSpace: 'nowrap' }}>{link.data?.code}</span>
              </Text>
              <CopyButton value={url} what="the link" />
            </Group>
          </Center>
          {isLocalhost && (
            <Text size="sm" c="dimmed" ta="center">
              This Postern answers on this computer only: another browser here can open the link, a phone cannot.
            </Text>
          )}
          <Group gap="xs" justify="center" wrap="nowrap">
            <Loader size={14} aria-hidden />
            <Text size="sm" c="dimmed" role="status">
              Waiting for your tap on the other device. This page then goes on by itself.
            </Text>
          </Group>
        </>
      )}
      <Box ta="center">
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          Tap here instead
        </Anchor>
      </Box>
    </Stack>
  )
}
