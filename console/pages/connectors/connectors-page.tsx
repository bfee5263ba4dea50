import { Button, Stack } from '@mantine/core'
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
  if (isAdministrator(useMe()))
    return (
      <Suspense fallback={<RowSkeletons />}>
        <Connectors />
      </Suspense>
    )
  return (
    <>
      <PageHeader title="Connectors" />
      <EmptyState
        icon={<IconTransferIn size={32} />}
        title="Connectors are for administrators"
        action={
          <Button component="a" href={paths.home} variant="default">
            Go to Home
          </Button>
        }
      >
        Ask an administrator of the organisation if a tool in another network should be reached from here.
      </EmptyState>
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
  const isEmpty = data.items.length === 0
  const add = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setQuery({ new: 'yes' })}>
      Add a connector
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Connectors"
        crumbs={[{ label: 'Applications', href: paths.applications }]}
        description="A connector runs beside tools that this server cannot reach. It dials out to here, so no port is opened where it runs, and carries what people ask of the tools that are set up to go through it."
        {...(isEmpty || isAdding ? {} : { action: add })}
      />
      <Stack>
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
        {!isEmpty && (
          <RowList label="Connectors">
            {data.items.map((connector) => (
              <ConnectorRow key={connector.name} connector={connector} onMade={setMade} />
            ))}
          </RowList>
        )}
        {isEmpty && !isAdding && (
          <EmptyState icon={<IconTransferIn size={32} />} title="There is no connector" action={add}>
            You need one only for tools that this server cannot reach by itself.
          </EmptyState>
        )}
      </Stack>
    </>
  )
}
