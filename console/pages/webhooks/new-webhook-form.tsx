import { Button, Group, Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { EventGroup, WebhookMade } from '../../api/shapes.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { Place } from '../code/use-place.ts'
import { asSent, webhookChecks, WebhookFields, type WebhookValues } from './webhook-fields.tsx'

export function NewWebhookForm(props: {
  place: Place
  groups: EventGroup[]
  onMade: (made: WebhookMade) => void
  onCancel: () => void
}) {
  const path = `${props.place.api}/webhooks`
  const { form, act, onSubmit } = useActForm<WebhookValues, WebhookMade>({
    initialValues: { url: '', events: ['*'] },
    validate: webhookChecks,
    act: (values) => api.post<WebhookMade>(path, asSent(values)),
    onDone: async (made) => {
      await refresh(path)
      props.onMade(made)
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <WebhookFields form={form} groups={props.groups} isFresh />
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" loading={act.isPending}>
            Make it with a tap
          </Button>
          <Button variant="default" onClick={props.onCancel} disabled={act.isPending}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
