import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeliveryView, WebhookMade, WebhookView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { useGo, useSetUrlQuery } from '../../url-state.ts'
import type { Place } from '../code/use-place.ts'
import { shortAddress } from './webhook-words.ts'

/** What can be done with a webhook; all but the test takes a tap. */
export function WebhookActions(props: {
  place: Place
  path: string
  webhook: WebhookView
  onSecret: (made: WebhookMade) => void
}) {
  const { place, path, webhook, onSecret } = props
  const [asking, setAsking] = useState<'secret' | 'delete' | null>(null)
  const setQuery = useSetUrlQuery()
  const go = useGo()
  const again = () => refresh(`${place.api}/webhooks`)
  const test = useMutation({
    mutationFn: () => api.post<DeliveryView>(`${path}/ping`),
    onSuccess: ({ id }) => {
      setQuery({ delivery: id })
      return again()
    },
  })
  const turn = useMutation({
    mutationFn: () => api.patch<WebhookView>(path, { isActive: !webhook.isActive }),
    onSuccess: again,
  })
  const secret = useMutation({
    mutationFn: () => api.post<WebhookMade>(`${path}/secret`),
    onSuccess: async (made) => {
      await again()
      setAsking(null)
      onSecret(made)
    },
  })
  const remove = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: async () => {
      go(paths.webhooks(place.project, place.name), { replace: true })
      await refresh(`${place.api}/webhooks`)
    },
  })
  const { host } = shortAddress(webhook.url)
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <ReasonedButton
          reason={webhook.isActive ? null : 'It is switched off. Switch it on, then test it.'}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          Send a test
        </ReasonedButton>
        <Button variant="default" onClick={() => setQuery({ edit: 'yes' })}>
          Edit
        </Button>
        <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate()}>
          {webhook.isActive ? 'Switch off' : 'Switch on'}
        </Button>
        <Button variant="default" onClick={() => setAsking('secret')}>
          New secret
        </Button>
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => setAsking('delete')}>
          Delete
        </Button>
      </Group>
      <ProblemAlert error={test.error ?? turn.error} />
      <ConfirmDialog
        isOpen={asking === 'secret'}
        title="Make a new secret?"
        confirmLabel="Make it with a tap"
        act={secret}
        onClose={() => setAsking(null)}
      >
        For 24 hours both secrets sign every delivery, so that the receiver can change over without losing one.
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asking === 'delete'}
        title={`Delete the webhook to ${host}?`}
        confirmLabel="Delete it with a tap"
        act={remove}
        onClose={() => setAsking(null)}
      >
        {host} is told nothing from now on, and the list of what was sent goes.
      </ConfirmDialog>
    </Stack>
  )
}
