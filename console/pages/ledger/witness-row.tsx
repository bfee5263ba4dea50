import { Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { WitnessView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyQuietly } from '../../ui/copy-quietly.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { StateBadge } from '../directory/state-badge.tsx'
import { witnessesPath } from './ledger-queries.ts'

/** One witness: whether it cosigns, and why it does not. */
export function WitnessRow({ witness, isOwner }: { witness: WitnessView; isOwner: boolean }) {
  const { id, name, key, url, cosignedSize, cosignedAt, problem, problemSince } = witness
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.delete(`${witnessesPath}/${encodeURIComponent(id)}`),
    onSuccess: () => refresh('/ledger'),
  })
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <StateBadge state={stateOf(witness)} />
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {cosignedAt === null ? (
            'It has cosigned nothing so far'
          ) : (
            <>
              Cosigned {cosignedSize.toLocaleString()} events <TimeAgo at={cosignedAt} />
            </>
          )}
          {` · ${url} · `}
          <Text span inherit style={{ whiteSpace: 'nowrap' }}>
            key <CopyQuietly value={key} what={`the key of ${name}`} />
          </Text>
        </Text>
        {problem !== null && problemSince !== null && (
          <Text size="sm">
            {problem} Since <TimeAgo at={problemSince} />.
          </Text>
        )}
      </Stack>
      <ReasonedButton
        variant="default"
        size="xs"
        reason={isOwner ? null : 'Only an owner can remove a witness.'}
        onClick={() => setAsking(true)}
      >
        Remove<VisuallyHidden> {name}</VisuallyHidden>
      </ReasonedButton>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Remove the witness ${name}?`}
        confirmLabel="Remove it with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        It is asked no more. Whoever watches the ledger and asks for its cosignature is told that it is missing.
      </ConfirmDialog>
    </Group>
  )
}

function stateOf({ isContradicting, problem, cosignedAt }: WitnessView) {
  if (isContradicting) return { tone: 'bad', word: 'Contradicts' } as const
  if (problem !== null) return { tone: 'bad', word: 'Does not cosign' } as const
  return cosignedAt === null
    ? ({ tone: 'waiting', word: 'Is being asked' } as const)
    : ({ tone: 'good', word: 'Cosigns' } as const)
}
