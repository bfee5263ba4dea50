import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery, refresh } from '../../api/queries.ts'
import type { LinkOffer } from '../../api/shapes.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery } from '../../url-state.ts'
import { linksPath } from './upstream-queries.ts'

/** The account that was just shown elsewhere, and the tap that joins it with this one. */
export function JoinOffer({ ticket }: { ticket: string }) {
  const setQuery = useSetUrlQuery()
  const close = () => setQuery({ join: null })
  const offer = useQuery({
    ...getQuery<LinkOffer>(`${linksPath}/offers/${encodeURIComponent(ticket)}`),
    staleTime: Infinity,
  })
  const join = useMutation({
    mutationFn: () => api.post(linksPath, { ticket }),
    onSuccess: async () => {
      await refresh(linksPath)
      close()
    },
  })
  if (offer.error)
    return (
      <ProblemAlert
        error={offer.error}
        action={
          <Button size="xs" variant="default" onClick={close}>
            Close
          </Button>
        }
      />
    )
  if (!offer.data) return <RowSkeletons rows={1} />
  const { provider, label } = offer.data
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text style={{ overflowWrap: 'anywhere' }}>
          You are <strong>{label}</strong> at {provider.name}. Joined, whoever can sign in there as {label} can begin to
          sign in here as you.
        </Text>
        <ProblemAlert error={join.error} />
        <Group>
          <Button
            leftSection={<IconFingerprint size={18} aria-hidden />}
            loading={join.isPending}
            onClick={() => join.mutate()}
          >
            Join them with a tap
          </Button>
          <Button variant="default" onClick={close} disabled={join.isPending}>
            That is not me
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
