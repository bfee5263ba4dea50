import { Alert, Stack, Text } from '@mantine/core'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { ConnectionMade as Made } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { ConnectForm } from './connect-form.tsx'
import { ConnectionMade } from './connection-made.tsx'
import { connectionsQuery } from './connection-queries.ts'
import { ConnectionRow } from './connection-row.tsx'
import { DirectoryFrame } from './directory-frame.tsx'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(connectionsQuery)]
    : []

/** The directories that bring people and groups. */
export const ConnectionsPage = () => (
  <DirectoryFrame here="connections">
    <Suspense fallback={<RowSkeletons />}>
      <Connections />
    </Suspense>
  </DirectoryFrame>
)

function Connections() {
  const { data } = useSuspenseQuery({
    ...connectionsQuery,
    // While access is being ended, how much is left changes any moment.
    refetchInterval: ({ state }) => ((state.data?.ending.length ?? 0) > 0 ? 2_000 : 30_000),
  })
  const { new: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  // Lives in this component only: once left, the token is gone.
  const [made, setMade] = useState<Made | null>(null)
  const isOwner = useMe().role === 'owner'
  const isConnecting = isNew === 'yes' && isOwner
  const connect = (
    <ReasonedButton
      reason={isOwner ? null : 'Only an owner can connect a directory: it decides who comes in.'}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ new: 'yes' })}
    >
      Connect a directory
    </ReasonedButton>
  )
  return (
    <Stack maw={980}>
      <Text c="dimmed">
        A connected directory, such as Okta or Entra, brings people and groups and keeps them in step: whoever is ended
        there is out here at once.
      </Text>
      {made && <ConnectionMade made={made} onClose={() => setMade(null)} />}
      {data.ending.map(({ id, name, people }) => (
        <Alert key={id} color="yellow" title={`${name} was disconnected`}>
          The access of {people.toLocaleString('en')} more of its people is being ended, one after the other. You can
          close this page.
        </Alert>
      ))}
      {isConnecting && (
        <ConnectForm
          baseUrl={data.baseUrl}
          onMade={(answer) => {
            setMade(answer)
            setQuery({ new: null })
          }}
          onCancel={() => setQuery({ new: null })}
        />
      )}
      {data.items.length > 0 && (
        <RowList label="Connections">
          {data.items.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} />
          ))}
        </RowList>
      )}
      {data.items.length > 0 && !isConnecting && <div>{connect}</div>}
      {data.items.length === 0 && !isConnecting && (
        <EmptyState icon={<IconPlugConnected size={32} />} title="No directory is connected" action={connect}>
          Until one is, administrators add people and end their access by hand.
        </EmptyState>
      )}
    </Stack>
  )
}
