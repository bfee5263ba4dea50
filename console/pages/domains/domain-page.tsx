import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { queryClient } from '../../api/queries.ts'
import { useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { usePathPart } from '../../url-state.ts'
import { DirectoryFrame } from '../directory/directory-frame.tsx'
import { StateBadge } from '../directory/state-badge.tsx'
import { DomainAccounts } from './domain-accounts.tsx'
import { DomainProof } from './domain-proof.tsx'
import { domainQuery, domainsQuery } from './domain-queries.ts'
import { domainState } from './domain-words.ts'
import { RemoveDomain } from './remove-domain.tsx'

export const fetchAhead: FetchAhead = ({ params: { id = '' } }) => [
  queryClient.ensureQueryData(domainQuery(id)),
  queryClient.ensureQueryData(domainsQuery),
]

/** One domain: how it is shown to be ours, and who has an account there. */
export const DomainPage = () => (
  <DirectoryFrame here="domains">
    <Suspense fallback={<RowSkeletons />}>
      <Domain />
    </Suspense>
  </DirectoryFrame>
)

function Domain() {
  const { data: domain } = useSuspenseQuery(domainQuery(usePathPart('id')))
  const { data: all } = useSuspenseQuery(domainsQuery)
  const isOwner = useMe().role === 'owner'
  const { name, unicodeName, state, verifiedBy, verifiedAt, failingSince, lastError } = domain
  return (
    <Stack gap="xl" maw={980}>
      <Stack gap={6}>
        <Anchor href={paths.domains} size="sm">
          All domains
        </Anchor>
        <Title order={2} style={{ overflowWrap: 'anywhere' }}>
          {unicodeName ?? name}
        </Title>
        <Group gap="xs">
          <StateBadge state={domainState(domain)} />
          <Text size="sm" c="dimmed">
            {unicodeName && `${name} `}
            {state === 'verified' && verifiedAt !== null && (
              <>
                by {verifiedBy === 'dns' ? 'its DNS record' : 'its file'}, last seen <TimeAgo at={verifiedAt} />
              </>
            )}
          </Text>
        </Group>
      </Stack>
      {(state === 'lost' || failingSince !== null) && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle />}
          title={state === 'lost' ? 'The proof is lost' : 'The proof is not found any more'}
        >
          <Text size="sm">
            {lastError}{' '}
            {state === 'lost'
              ? 'Nobody’s access ended by that, and nobody new can be managed until it is found again.'
              : 'If it stays so for a week, the domain no longer counts as verified.'}
          </Text>
        </Alert>
      )}
      <DomainProof domain={domain} />
      <Section title="Accounts there">
        {state === 'waiting' ? (
          <Text c="dimmed">Once the domain is verified, you see here who has an account with an address there.</Text>
        ) : (
          <DomainAccounts domain={domain} graceDays={all.graceDays} isOwner={isOwner} />
        )}
      </Section>
      <RemoveDomain domain={domain} isOwner={isOwner} />
    </Stack>
  )
}
