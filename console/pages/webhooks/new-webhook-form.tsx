import { Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { EventGroup, WebhookMade } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
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
        <FormEnd act={act} onCancel={props.onCancel}>
          Make it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
