import { Button, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { FactsTable } from '../ui/facts-table.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RowSkeletons } from '../ui/skeletons.tsx'
import { CredentialChoice } from './credential-choice.tsx'
import { useTap, type UseTapOptions } from './use-tap.ts'

interface TapPanelProps extends UseTapOptions {
  buttonLabel?: string
  /** Where the page shows the facts itself. */
  hideFacts?: boolean
  /** Why the tap must wait, said beside the disabled button. */
  disabledReason?: string | null
}

const endings = {
  sealed: 'This was already tapped.',
  refused: 'This was refused. Start it again if that was a mistake.',
  expired: 'This waited too long for a tap. Start it again; nothing was changed.',
}

/** What will be signed, with which key, and the one button. Stands in a page as well as in the dialog. */
export function TapPanel({ buttonLabel = 'Tap your key', hideFacts, disabledReason, ...options }: TapPanelProps) {
  const { request, credential, choose, tap } = useTap(options)
  if (request.error) return <ProblemAlert error={request.error} />
  if (!request.data) return <RowSkeletons rows={4} height={24} />

  const { state, facts, credentials } = request.data
  if (state !== 'open' && !tap.isPending && !tap.isSuccess) return <Text>{endings[state]}</Text>

  const reason = disabledReason ?? (credential ? null : 'None of your keys may do this; see the reasons above.')
  return (
    <Stack gap="md">
      {!hideFacts && <FactsTable facts={facts} />}
      <CredentialChoice credentials={credentials} chosen={credential} onChoose={choose} isDisabled={tap.isPending} />
      <ProblemAlert error={tap.error} />
      <Stack gap={6}>
        <Button
          size="md"
          leftSection={<IconFingerprint size={20} aria-hidden />}
          loading={tap.isPending || tap.isSuccess}
          disabled={reason !== null}
          onClick={() => tap.mutate()}
          data-autofocus
        >
          {tap.isError ? 'Try again' : buttonLabel}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {reason ?? (tap.isPending ? 'Waiting for your key. Follow your browser’s prompt.' : '')}
        </Text>
      </Stack>
    </Stack>
  )
}
