import { Box, Button, Stack, Text } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { WebhookList, WebhookMade } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { repositoryApi } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { SectionTitle } from '../code/repository-frame.tsx'
import { SettingsFrame } from '../code/settings-tabs.tsx'
import type { Place } from '../code/use-place.ts'
import { NewWebhookForm } from './new-webhook-form.tsx'
import { SecretMade } from './secret-made.tsx'
import { WebhookRow } from './webhook-row.tsx'

export const fetchAhead: FetchAhead = ({ params: { project = '', repository = '' } }) => [
  queryClient.ensureQueryData(getQuery<WebhookList>(`${repositoryApi(project, repository)}/webhooks`)),
]

/** The addresses that are told what happens in a repository. */
export const WebhooksPage = () => (
  <SettingsFrame here="webhooks" title="Webhooks">
    {(place) => <Webhooks place={place} />}
  </SettingsFrame>
)

function Webhooks({ place }: { place: Place }) {
  const { data } = useSuspenseQuery(getQuery<WebhookList>(`${place.api}/webhooks`))
  const { new: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  // Lives in this component only: once left, the secret is gone.
  const [made, setMade] = useState<WebhookMade | null>(null)
  const newButton = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes' })}>
      New webhook
    </Button>
  )
  return (
    <>
      <Box maw={820}>
        <SectionTitle action={!isNew && data.items.length > 0 && newButton}>Webhooks</SectionTitle>
      </Box>
      <Stack maw={820}>
        <Text c="dimmed">
          A webhook tells another program what happens here: each event goes to its address as JSON, signed with a
          secret that only the two know.
        </Text>
        {made && <SecretMade made={made} place={place} onClose={() => setMade(null)} />}
        {isNew && (
          <NewWebhookForm
            place={place}
            groups={data.groups}
            onMade={(answer) => {
              setMade(answer)
              setQuery({ new: null })
            }}
            onCancel={() => setQuery({ new: null })}
          />
        )}
        {data.items.length > 0 ? (
          <RowList label="Webhooks">
            {data.items.map((webhook) => (
              <WebhookRow key={webhook.id} place={place} webhook={webhook} />
            ))}
          </RowList>
        ) : (
          !isNew && (
            <EmptyState icon={<IconWebhook size={32} />} title="No webhooks" action={newButton}>
              Make one to start a build, tell a chat, or keep another tool up to date.
            </EmptyState>
          )
        )}
      </Stack>
    </>
  )
}
