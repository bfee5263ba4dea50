import { Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { EventGroup, WebhookView } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { useSetUrlQuery } from '../../url-state.ts'
import { asSent, webhookChecks, WebhookFields, type WebhookValues } from './webhook-fields.tsx'

export function EditWebhook({ path, webhook, groups }: { path: string; webhook: WebhookView; groups: EventGroup[] }) {
  const setQuery = useSetUrlQuery()
  const close = () => setQuery({ edit: null })
  const { form, act, onSubmit } = useActForm<WebhookValues, WebhookView>({
    initialValues: { url: webhook.url, events: webhook.events },
    validate: webhookChecks,
    act: (values) => api.patch<WebhookView>(path, asSent(values)),
    onDone: async () => {
      await refresh(path.slice(0, path.lastIndexOf('/')))
      close()
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <WebhookFields form={form} groups={groups} />
        <FormEnd act={act} onCancel={close}>
          Save with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
