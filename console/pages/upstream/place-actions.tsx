import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Departure, ProviderView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo, useSetUrlQuery } from '../../url-state.ts'
import { providerPath, providersPath } from './upstream-queries.ts'

export function PlaceActions({ place }: { place: ProviderView }) {
  const [isAsking, setAsking] = useState(false)
  const setQuery = useSetUrlQuery()
  const go = useGo()
  const isOwner = useMe().role === 'owner'
  const ownersOnly = isOwner ? null : 'Only an owner can change it.'
  const test = useMutation({
    mutationFn: () => api.post<Departure>(`${providerPath(place.id)}/test`),
    onSuccess: ({ url }) => location.assign(url),
  })
  const remove = useMutation({
    mutationFn: () => api.delete(providerPath(place.id)),
    onSuccess: async () => {
      go(paths.upstream, { replace: true })
      await refresh(providersPath)
    },
  })
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button loading={test.isPending || test.isSuccess} onClick={() => test.mutate()}>
          Test sign-in
        </Button>
        <ReasonedButton variant="default" reason={ownersOnly} onClick={() => setQuery({ edit: 'yes' })}>
          Edit
        </ReasonedButton>
        <ReasonedButton
          variant="default"
          {...(isOwner ? { c: 'var(--mantine-color-error)' } : {})}
          reason={ownersOnly}
          onClick={() => setAsking(true)}
        >
          Remove
        </ReasonedButton>
      </Group>
      <Text size="sm" c="dimmed">
        The test shows what it says of you. Nobody is signed in, joined or made by it.
      </Text>
      <ProblemAlert error={test.error} />
      <ConfirmDialog
        isOpen={isAsking}
        title={`Remove ${place.name}?`}
        confirmLabel="Remove it with a tap"
        act={remove}
        onClose={() => setAsking(false)}
      >
        Sessions that began there end at once. Accounts stay, and so do the groups it kept: people here keep them then.
        Whoever has no passkey yet needs a new link.
      </ConfirmDialog>
    </Stack>
  )
}
