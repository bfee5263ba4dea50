import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFileDiff } from '@tabler/icons-react'
import type { SealRequest } from '../../api/shapes.ts'
import { refresh } from '../../api/queries.ts'
import { TapPanel } from '../../forms/tap-panel.tsx'
import { FactsTable } from '../../ui/facts-table.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { afterTheTap, unusualPlace, whoAsks } from './asked-words.ts'
import { PushedChange } from './pushed-change.tsx'
import { Refuse } from './refuse.tsx'

interface OpenRequestProps {
  request: SealRequest
  isMine: boolean
  /** It was answered: look again. */
  onOver: () => void
}

/** Who asks, for what, from where, and what the tap sets going; then the tap, or not. */
export function OpenRequest({ request, isMine, onOver }: OpenRequestProps) {
  const { id, action, facts, change, createdAt, expiresAt } = request
  const asked = { ...request, isMine }
  const warning = unusualPlace(asked)
  const leave = () => {
    void refresh('/inbox')
    onOver()
  }
  return (
    <EntryLayout
      title={facts.title}
      lead={
        <>
          {whoAsks(asked)}, <TimeAgo at={createdAt} />. Expires <TimeAgo at={expiresAt} />.
        </>
      }
      {...(action === 'push' ? { below: <PushedChange requestId={id} /> } : {})}
    >
      {warning && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle />} title="From an unusual place">
          {warning}
        </Alert>
      )}
      <FactsTable facts={facts} />
      {action === 'push' && (
        <Anchor href="#change">
          <IconFileDiff size={16} aria-hidden style={{ verticalAlign: -3 }} /> Read what it changes, below
        </Anchor>
      )}
      {change && (
        <Anchor href={change} target="_blank" rel="noopener">
          <IconFileDiff size={16} aria-hidden style={{ verticalAlign: -3 }} /> See what it changes, in a new tab
        </Anchor>
      )}
      <Stack gap="xs">
        <Text size="sm">{afterTheTap(asked)}</Text>
        <TapPanel sealRequestId={id} hideFacts canGoElsewhere={false} onSealed={leave} />
        <Refuse request={request} onRefused={leave} />
      </Stack>
    </EntryLayout>
  )
}
