import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { Departure, ExternalIdentityView } from '../../api/shapes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { JoinOffer } from './join-offer.tsx'
import { RefusedAlert } from './refused-alert.tsx'
import { linksPath, linksQuery } from './upstream-queries.ts'

/** Account: which accounts elsewhere sign in as this person. */
export function ElsewhereTab() {
  const { data } = useSuspenseQuery(linksQuery)
  const { join, refused, provider } = useUrlQuery()
  const begin = useMutation({
    mutationFn: (id: string) => api.post<Departure>(`${linksPath}/begin`, { provider: id }),
    onSuccess: ({ url }) => location.assign(url),
  })
  const free = data.providers.filter(({ id }) => !data.items.some((item) => item.provider.id === id))
  return (
    <Stack maw={820}>
      <Text c="dimmed">
        Accounts at other places that can begin to sign in as you. What matters here still takes your tap.
      </Text>
      <RefusedAlert code={refused} name={data.providers.find(({ id }) => id === provider)?.name} />
      {join && <JoinOffer ticket={join} />}
      {data.items.length > 0 && (
        <RowList label="Your accounts elsewhere">
          {data.items.map((item) => (
            <LinkRow key={item.id} item={item} />
          ))}
        </RowList>
      )}
      {data.items.length === 0 && !join && (
        <EmptyState title="No accounts elsewhere">
          {free.length > 0
            ? 'You can join an account of another place with this one.'
            : 'An owner can set up other places to sign in, such as your organisation’s own.'}
        </EmptyState>
      )}
      <ProblemAlert error={begin.error} />
      {!join && free.length > 0 && (
        <Group gap="sm">
          {free.map(({ id, name }) => (
            <Button
              key={id}
              variant="default"
              loading={begin.variables === id && (begin.isPending || begin.isSuccess)}
              onClick={() => begin.mutate(id)}
            >
              Join with {name}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  )
}

function LinkRow({ item }: { item: ExternalIdentityView }) {
  const [isAsking, setAsking] = useState(false)
  const part = useMutation({
    mutationFn: () => api.delete(`${linksPath}/${encodeURIComponent(item.id)}`),
    onSuccess: () => refresh(linksPath),
  })
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Group gap="xs">
          <Text fw={600}>{item.provider.name}</Text>
          {item.linkedBy === 'domain' && (
            <Badge variant="default" tt="none">
              By your organisation
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {item.label} · joined <TimeAgo at={item.linkedAt} />
          {item.lastSignInAt !== null && (
            <>
              {', last used '}
              <TimeAgo at={item.lastSignInAt} />
            </>
          )}
        </Text>
      </Stack>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`No longer sign in from ${item.provider.name}?`}
        confirmLabel="Remove it with a tap"
        act={part}
        onClose={() => setAsking(false)}
      >
        Sessions that began there end. Your passkeys sign you in as before.
      </ConfirmDialog>
    </Group>
  )
}
