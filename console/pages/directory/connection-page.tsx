import { Alert, Anchor, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useState } from 'react'
import { getQuery, queryClient } from '../../api/queries.ts'
import type { ConnectionMade as Made, ConnectionView } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart } from '../../url-state.ts'
import { ConnectionActions } from './connection-actions.tsx'
import { ConnectionGroups } from './connection-groups.tsx'
import { ConnectionMade } from './connection-made.tsx'
import { connectionPath } from './connection-queries.ts'
import { connectionState, expiresSoon, kindWords } from './connection-words.ts'
import { DirectoryFrame } from './directory-frame.tsx'
import { StateBadge } from './state-badge.tsx'

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) => [
  queryClient.ensureQueryData(getQuery<ConnectionView>(connectionPath(id))),
]

/** One directory: how it is, what it brought, and what its groups mean here. */
export const ConnectionPage = () => (
  <DirectoryFrame here="connections">
    <Suspense fallback={<RowSkeletons />}>
      <Connection />
    </Suspense>
  </DirectoryFrame>
)

function Connection() {
  const { data: connection } = useSuspenseQuery({
    ...getQuery<ConnectionView>(connectionPath(usePathPart('id'))),
    refetchInterval: 30_000,
  })
  const [made, setMade] = useState<Made | null>(null)
  const state = connectionState(connection, Date.now())
  return (
    <Stack gap="lg" maw={980}>
      <Stack gap={6}>
        <Anchor href={paths.directory()} size="sm">
          All connections
        </Anchor>
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {connection.name}
        </Title>
        <div>
          <StateBadge state={state} />
        </div>
      </Stack>
      {connection.lastError && state.word === 'Something is refused' && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="Its last refusal">
          <TimeAgo at={connection.lastError.at} />: {connection.lastError.sentence}
        </Alert>
      )}
      {made && <ConnectionMade made={made} onClose={() => setMade(null)} />}
      <Facts connection={connection} />
      <ConnectionActions connection={connection} onToken={setMade} />
      <Section title="Groups and what they make of people">
        <ConnectionGroups connection={connection} />
      </Section>
    </Stack>
  )
}

function Facts({ connection }: { connection: ConnectionView }) {
  const { people, peopleWithoutPasskey, groups, lastRequestAt, tokenExpiresAt, formerTokenUntil } = connection
  const rows: [string, ReactNode][] = [
    ['Directory', kindWords[connection.kind]],
    ['People', people.toLocaleString('en')],
    [
      'Without a passkey yet',
      peopleWithoutPasskey === 0 ? (
        'nobody'
      ) : (
        <Anchor key="without" href={paths.people({ filter: 'no-passkey' })} inherit>
          {peopleWithoutPasskey.toLocaleString('en')}
        </Anchor>
      ),
    ],
    ['Groups', groups.toLocaleString('en')],
    ['Last heard of', lastRequestAt === null ? 'never' : <TimeAgo at={lastRequestAt} />],
    [
      'Its token',
      tokenExpiresAt === null ? (
        'never ends'
      ) : (
        <>
          ends <TimeAgo at={tokenExpiresAt} />
          {expiresSoon(connection, Date.now()) && ': make a new one in time, or nobody is brought or ended any more'}
        </>
      ),
    ],
    ...(formerTokenUntil === null
      ? []
      : [['The token before', <TimeAgo key="former" at={formerTokenUntil} />] as [string, ReactNode]]),
    ['Connected', <TimeAgo key="made" at={connection.createdAt} />],
    ['By', connection.createdBy?.displayName ?? 'somebody who is no longer here'],
  ]
  return (
    <FactList label={connection.name}>
      {rows.map(([label, value]) => (
        <Fact key={label} label={label}>
          <Text span inherit>
            {value}
          </Text>
        </Fact>
      ))}
    </FactList>
  )
}
