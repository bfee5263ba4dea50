import { Anchor, Stack, Text } from '@mantine/core'
import { IconPlus, IconTransferIn } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { getQuery, meQuery, queryClient } from '../../api/queries.ts'
import type { ConnectorList, ConnectorMade } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { AddConnector } from './add-connector.tsx'
import { ConnectorRow } from './connector-row.tsx'
import { ConnectorSecret } from './connector-secret.tsx'
import { connectorsPath } from './connectors-path.ts'

const connectorsQuery = getQuery<ConnectorList>(connectorsPath)

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(connectorsQuery)]
    : []

/** What carries routes to tools in private networks. */
export function ConnectorsPage() {
  const isAdmin = isAdministrator(useMe())
  return (
    <>
      <PageHeader title="Connectors" />
      {isAdmin ? (
        <Suspense fallback={<RowSkeletons />}>
          <Connectors />
        </Suspense>
      ) : (
        <EmptyState title="Connectors are for administrators">
          Ask an administrator of the organisation if a tool in another network should be reached from here.
        </EmptyState>
      )}
    </>
  )
}

function Connectors() {
  const { data } = useSuspenseQuery({ ...connectorsQuery, refetchInterval: 10_000 })
  const { new: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  // Lives in this component only: once left, the secret is gone.
  const [made, setMade] = useState<ConnectorMade | null>(null)
  const isAdding = isNew === 'yes'
  const add = (
    <ReasonedButton
      reason={null}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ new: 'yes' })}
    >
      Add a connector
    </ReasonedButton>
  )
  return (
    <Stack maw={980}>
      <Text c="dimmed">
        A connector runs beside tools that cannot be reached from here. It dials out to this server, so no port is opened
        where it runs, and carries what people ask of the <Anchor href={paths.applications}>applications</Anchor> that
        name it.
      </Text>
      {made && <ConnectorSecret made={made} onClose={() => setMade(null)} />}
      {isAdding && (
        <AddConnector
          onMade={(answer) => {
            setMade(answer)
            setQuery({ new: null })
          }}
          onCancel={() => setQuery({ new: null })}
        />
      )}
      {data.items.length > 0 && (
        <RowList label="Connectors">
          {data.items.map((connector) => (
            <ConnectorRow key={connector.name} connector={connector} onMade={setMade} />
          ))}
        </RowList>
      )}
      {data.items.length > 0 && !isAdding && <div>{add}</div>}
      {data.items.length === 0 && !isAdding && (
        <EmptyState icon={<IconTransferIn size={32} />} title="There is no connector" action={add}>
          You need one only for tools that this server cannot reach by itself.
        </EmptyState>
      )}
    </Stack>
  )
}
