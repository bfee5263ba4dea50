import { TextInput } from '@mantine/core'
import type { useForm } from '@mantine/form'
import type { EventGroup } from '../../api/shapes.ts'
import { EventChoice } from './event-choice.tsx'

export interface WebhookValues extends Record<string, unknown> {
  url: string
  events: string[]
}

export const webhookChecks = {
  url: (url: string) => (/^https?:\/\/./.test(url.trim()) ? null : 'Please give an address that begins with https://'),
  events: (events: string[]) => (events.length ? null : 'Choose at least one event'),
}

/** What the API takes of it: `*` stands alone. */
export const asSent = ({ url, events }: WebhookValues) => ({
  url: url.trim(),
  events: events.includes('*') ? ['*'] : events,
})

/** Where to, and what of. */
export const WebhookFields = (props: {
  form: ReturnType<typeof useForm<WebhookValues>>
  groups: EventGroup[]
  isFresh?: boolean
}) => (
  <>
    <TextInput
      label="Address"
      description="Redirects are not followed. An address inside your own network needs the operator’s permission"
      placeholder="https://ci.example.com/hooks/postern"
      type="url"
      inputMode="url"
      autoComplete="off"
      autoFocus={props.isFresh ?? false}
      {...props.form.getInputProps('url')}
    />
    <EventChoice
      groups={props.groups}
      value={props.form.values.events}
      onChange={(events) => props.form.setFieldValue('events', events)}
      error={props.form.errors['events']}
    />
  </>
)
