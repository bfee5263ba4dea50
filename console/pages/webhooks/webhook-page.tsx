import { Alert, Anchor, Box, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { getQuery, queryClient, refresh } from '../../api/queries.ts'
import type { WebhookList, WebhookMade, WebhookView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, repositoryApi } from '../../paths.ts'
import { KeptByNobody } from '../../ui/kept-by-nobody.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart, useUrlQuery } from '../../url-state.ts'
import { SectionTitle } from '../code/repository-frame.tsx'
import { SettingsFrame } from '../code/settings-tabs.tsx'
import type { Place } from '../code/use-place.ts'
import { DeliveryList } from './delivery-list.tsx'
import { EditWebhook } from './edit-webhook.tsx'
import { SecretMade } from './secret-made.tsx'
import { StateBadge } from './state-badge.tsx'
import { WebhookActions } from './webhook-actions.tsx'
import { shortAddress, toldOf, webhookState } from './webhook-words.ts'

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '', id = '' } }) => [
  queryClient.ensureQueryData(getQuery<WebhookView>(`${repositoryApi(project, repository)}/webhooks/${id}`)),
]

/** One webhook: how it is, what can be done with it, and what it sent and was answered. */
export const WebhookPage = () => (
  <SettingsFrame here="webhooks" title="Webhook">
    {(place) => <Webhook place={place} />}
  </SettingsFrame>
)

function Webhook({ place }: { place: Place }) {
  const id = usePathPart('id')
  const path = `${place.api}/webhooks/${encodeURIComponent(id)}`
  const { data: webhook } = useSuspenseQuery({
    ...getQuery<WebhookView>(path),
    // While something waits, how it is may change any moment.
    refetchInterval: ({ state }) => ((state.data?.waiting ?? 0) > 0 ? 3_000 : false),
  })
  const { data: list } = useSuspenseQuery(getQuery<WebhookList>(`${place.api}/webhooks`))
  const { edit } = useUrlQuery()
  const [made, setMade] = useState<WebhookMade | null>(null)
  return (
    <>
      <Text size="sm" mb="xs">
        <Anchor href={paths.webhooks(place.project, place.name)} inherit>
          All webhooks
        </Anchor>
      </Text>
      <Box maw={820}>
        <SectionTitle action={<StateBadge state={webhookState(webhook)} />}>
          {shortAddress(webhook.url).host}
        </SectionTitle>
      </Box>
      <Stack gap="lg" maw={820}>
        <Stack gap={4}>
          <Text ff="monospace" fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {webhook.url}
          </Text>
          <Text size="sm" c="dimmed">
            {toldOf(webhook)}. Made {webhook.createdBy && `by ${webhook.createdBy.displayName} `}
            <TimeAgo at={webhook.createdAt} />.
          </Text>
        </Stack>
        <Trouble webhook={webhook} />
        <Stewardless path={path} webhook={webhook} />
        {made && <SecretMade made={made} onClose={() => setMade(null)} />}
        {edit ? (
          <EditWebhook path={path} webhook={webhook} groups={list.groups} />
        ) : (
          <WebhookActions place={place} path={path} webhook={webhook} onSecret={setMade} />
        )}
        <Section title="Deliveries">
          <Text size="sm" c="dimmed">
            Kept for 30 days. What fails is tried again with growing pauses for 3 days.
          </Text>
          <DeliveryList path={path} isActive={webhook.isActive} />
        </Section>
      </Stack>
    </>
  )
}

function Stewardless({ path, webhook: { steward, keepBy, isActive } }: { path: string; webhook: WebhookView }) {
  const keep = useMutation({
    mutationFn: () => api.post<WebhookView>(`${path}/keep`),
    onSuccess: () => refresh(path.replace(/\/[^/]*$/, '')),
  })
  return keepBy !== null && isActive && <KeptByNobody what="webhook" steward={steward} keepBy={keepBy} keep={keep} />
}

function Trouble({ webhook: { isActive, offReason, failingSince } }: { webhook: WebhookView }) {
  if (!isActive && offReason !== null)
    return (
      <Alert color="yellow" icon={<IconAlertTriangle />} title="It was switched off by itself">
        The reason: {offReason}. Switch it on again when the receiver is well.
      </Alert>
    )
  if (!isActive || failingSince === null) return null
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} title="Nothing arrives">
      Deliveries began to fail <TimeAgo at={failingSince} />, and none has arrived since. After 5 days of that it is
      switched off by itself.
    </Alert>
  )
}
