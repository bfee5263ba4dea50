import { Anchor, Group, Stack, Text } from '@mantine/core'
import type { ConnectionView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { connectionState, holdingsWords, kindWords } from './connection-words.ts'
import { StateBadge } from './state-badge.tsx'

/** One connection in the list: where it leads, what it brought, when it was last heard of and what went wrong. */
export function ConnectionRow({ connection }: { connection: ConnectionView }) {
  const { id, name, kind, lastRequestAt, lastError, peopleWithoutPasskey } = connection
  const state = connectionState(connection, Date.now())
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Anchor href={paths.directoryConnection(id)} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Anchor>
        <Text size="sm" c="dimmed">
          {kindWords[kind] !== name && `${kindWords[kind]} · `}
          {holdingsWords(connection)}
          {peopleWithoutPasskey > 0 && ` · ${peopleWithoutPasskey.toLocaleString('en')} without a passkey yet`}
          {lastRequestAt !== null && (
            <>
              {' · last heard of '}
              <TimeAgo at={lastRequestAt} />
            </>
          )}
        </Text>
        {lastError !== null && state.tone === 'bad' && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            Refused <TimeAgo at={lastError.at} />: {lastError.sentence}
          </Text>
        )}
      </Stack>
      <StateBadge state={state} />
    </Group>
  )
}
