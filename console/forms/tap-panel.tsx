import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { SealOutcome } from '../api/shapes.ts'
import { paths } from '../paths.ts'
import { FactsTable } from '../ui/facts-table.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RowSkeletons } from '../ui/skeletons.tsx'
import { CredentialChoice } from './credential-choice.tsx'
import { useTap, type UseTapOptions } from './use-tap.ts'

const OtherDevice = lazy(async () => ({ default: (await import('./other-device.tsx')).OtherDevice }))

interface TapPanelProps extends UseTapOptions {
  buttonLabel?: string
  /** Where the page shows the facts itself. */
  hideFacts?: boolean
  /** Why the tap must wait, said beside the disabled button. */
  disabledReason?: string | null
  /** Asks for a fresh statement, where the page that shows this can. */
  onAgain?: () => void
  /** Not where this already is the other device. */
  canGoElsewhere?: boolean
}

const endings = {
  sealed: 'This was already tapped.',
  refused: 'This was refused. Start it again if that was a mistake.',
  withdrawn: 'Whoever asked for this took it back. Nothing was changed.',
  expired: 'This waited too long for a tap. Start it again; nothing was changed.',
}

/** What will be signed, with which key, and the one button. Stands in a page as well as in the dialog. */
export function TapPanel(props: TapPanelProps) {
  const { buttonLabel = 'Tap your key', hideFacts, disabledReason, canGoElsewhere = true, onAgain, ...options } = props
  const { request, credential, choose, tap } = useTap(options)
  const [isElsewhere, setElsewhere] = useState(false)
  // A tap on another device is a tap under way: what it signs must stay as it is.
  const goElsewhere = (isAway: boolean) => {
    setElsewhere(isAway)
    options.onTapping?.(isAway)
  }
  const onOver = ({ made }: SealOutcome) => {
    goElsewhere(false)
    if (made) tap.mutate(made)
    else void request.refetch()
  }
  if (request.error) return <ProblemAlert error={request.error} />
  if (!request.data) return <RowSkeletons rows={4} height={24} />

  const { state, facts, credentials } = request.data
  if (state !== 'open' && !tap.isPending && !tap.isSuccess)
    return (
      <Stack gap="md" align="flex-start">
        <Text>{endings[state]}</Text>
        {onAgain && state !== 'sealed' && <Button onClick={onAgain}>Start again</Button>}
      </Stack>
    )

  if (isElsewhere) {
    return (
      <Stack gap="md">
        {!hideFacts && <FactsTable facts={facts} />}
        <Suspense fallback={<RowSkeletons rows={1} height={220} />}>
          <OtherDevice sealRequestId={options.sealRequestId} onOver={onOver} onBack={() => goElsewhere(false)} />
        </Suspense>
      </Stack>
    )
  }
  const reason = disabledReason ?? (credential ? null : 'None of your keys may do this; the reasons stand above.')
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
          onClick={() => tap.mutate(null)}
          data-autofocus
        >
          {tap.isError ? 'Try again' : buttonLabel}
        </Button>
        {canGoElsewhere && credential && !tap.isPending && !tap.isSuccess && !disabledReason && (
          <Button
            variant="subtle"
            leftSection={<IconDeviceMobile size={18} aria-hidden />}
            onClick={() => goElsewhere(true)}
          >
            Use another device
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {reason ?? (tap.isPending ? 'Waiting for your key. Follow your browser’s prompt.' : '')}
        </Text>
        {!credential && (
          <Text size="sm">
            <Anchor href={paths.account('passkeys')} target="_blank" fz="inherit">
              Add a key in a new tab
            </Anchor>
            , then come back here: nothing is lost.
          </Text>
        )}
      </Stack>
    </Stack>
  )
}
