import { Anchor, Group, Stack, Text } from '@mantine/core'
import type { WebhookView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import type { Place } from '../code/use-place.ts'
import { StateBadge } from './state-badge.tsx'
import { shortAddress, toldOf, webhookState } from './webhook-words.ts'

/** One webhook in the list: where it leads, what it tells, and what it was last answered. */
export function WebhookRow({ place, webhook }: { place: Place; webhook: WebhookView }) {
  const { host, rest } = shortAddress(webhook.url)
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Anchor
          href={paths.webhook(place.project, place.name, webhook.id)}
          fw={600}
          style={{ overflowWrap: 'anywhere' }}
        >
          {host}
          <Text span inherit fw={400} c="dimmed">
            {rest}
          </Text>
        </Anchor>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {toldOf(webhook)}
          {webhook.waiting > 0 && ` · ${webhook.waiting.toLocaleString('en')} waiting`}
          {webhook.last && (
            <>
              {' · '}
              <TimeAgo at={webhook.last.at} />: {webhook.last.error ?? `It answered ${webhook.last.status}.`}
            </>
          )}
        </Text>
      </Stack>
      <StateBadge state={webhookState(webhook)} />
    </Group>
  )
}
