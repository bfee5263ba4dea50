import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { OwnClaim } from '../../api/shapes.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { dayWords } from '../../ui/plain-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { usePathPart } from '../../url-state.ts'
import { ownClaimsQuery } from './domain-queries.ts'

export const fetchAhead: FetchAhead = () => [queryClient.ensureQueryData(ownClaimsQuery)]

/** Whether my organisation may manage my account: what that means, and what I say to it. */
export function ClaimPage() {
  const id = usePathPart('id')
  const { data } = useSuspenseQuery(ownClaimsQuery)
  const claim = data.items.find((each) => each.id === id)
  if (claim === undefined)
    return (
      <>
        <PageHeader title="Nothing is asked of you here" />
        <EmptyState title="This was withdrawn, or is about another account">
          Your account says under <Anchor href={paths.account('profile')}>Profile</Anchor> whether somebody manages it.
        </EmptyState>
      </>
    )
  return (
    <>
      <PageHeader
        title="Your organisation wants to manage this account"
        description={`Your address, ${claim.email}, is at ${claim.domain}. ${claim.by.displayName} says that accounts there belong to the organisation.`}
      />
      <Stack maw={640} gap="lg">
        <Outcome claim={claim} />
        <Stack gap={4}>
          <Text fw={600}>When it is managed</Text>
          <List size="sm" spacing={4}>
            <List.Item>your work, repositories, keys and sessions stay as they are;</List.Item>
            <List.Item>you can no longer change the address yourself;</List.Item>
            <List.Item>you can no longer leave by yourself: an administrator ends your access.</List.Item>
          </List>
        </Stack>
        {(claim.state === 'noticed' || claim.state === 'objected') && <Answer claim={claim} />}
      </Stack>
    </>
  )
}

/** How it stands. */
function Outcome({ claim: { state, domain, graceEndsAt } }: { claim: OwnClaim }) {
  if (state === 'noticed')
    return (
      <Text>
        From <strong>{dayWords(graceEndsAt)}</strong> on it is managed, unless you object before then.
      </Text>
    )
  if (state === 'objected')
    return (
      <Alert color="yellow" title="You have objected">
        <Text size="sm">
          Nothing changes before {dayWords(graceEndsAt)}. If your address is still at {domain} then, an administrator
          decides: they let you go, or end your access. To keep the account as your own,{' '}
          <Anchor href={paths.account('profile')} inherit>
            change its address
          </Anchor>{' '}
          to one elsewhere.
        </Text>
      </Alert>
    )
  if (state === 'claimed')
    return (
      <Alert color="green" icon={<IconCheck />} title={`${domain} manages your account now`}>
        <Text size="sm">There is nothing more to do.</Text>
      </Alert>
    )
  return (
    <Alert color="gray" title="This is over">
      <Text size="sm">{domain} does not manage your account.</Text>
    </Alert>
  )
}

function Answer({ claim }: { claim: OwnClaim }) {
  const answer = useMutation({
    mutationFn: (what: 'accept' | 'object') => api.post<OwnClaim>(`/me/claims/${encodeURIComponent(claim.id)}/${what}`),
    onSuccess: async (next) => {
      queryClient.setQueryData(
        ownClaimsQuery.queryKey,
        (before) => before && { items: before.items.map((each) => (each.id === next.id ? next : each)) },
      )
      await refresh('/me')
    },
  })
  return (
    <Stack>
      <ProblemAlert error={answer.error} />
      <Group>
        <Button
          loading={answer.isPending && answer.variables === 'accept'}
          disabled={answer.isPending && answer.variables === 'object'}
          onClick={() => answer.mutate('accept')}
        >
          Agree now
        </Button>
        {claim.state === 'noticed' && (
          <Button
            variant="default"
            loading={answer.isPending && answer.variables === 'object'}
            disabled={answer.isPending && answer.variables === 'accept'}
            onClick={() => answer.mutate('object')}
          >
            Object
          </Button>
        )}
      </Group>
    </Stack>
  )
}
