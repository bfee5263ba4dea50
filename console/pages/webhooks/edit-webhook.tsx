import { Button, Group, Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { EventGroup, WebhookView } from '../../api/shapes.ts'
import { useActForm } from '../../forms/use-act-form.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
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
        <ProblemAlert error={act.error} />
        <Group>
          <Button type="submit" loading={act.isPending}>
            Save with a tap
          </Button>
          <Button variant="default" onClick={close} disabled={act.isPending}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
