import { Anchor, Group, Stack, Text } from '@mantine/core'
import { IconPlus, IconWorldCheck } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import type { DomainView } from '../../api/shapes.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { DirectoryFrame } from '../directory/directory-frame.tsx'
import { StateBadge } from '../directory/state-badge.tsx'
import { AddDomain } from './add-domain.tsx'
import { domainsQuery } from './domain-queries.ts'
import { DomainSettings } from './domain-settings.tsx'
import { accountsWords, domainState, peopleWords } from './domain-words.ts'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null) ? [queryClient.ensureQueryData(domainsQuery)] : []

/** The domains of the organisation's addresses. */
export const DomainsPage = () => (
  <DirectoryFrame here="domains">
    <Suspense fallback={<RowSkeletons />}>
      <Domains />
    </Suspense>
  </DirectoryFrame>
)

function Domains() {
  const { data } = useSuspenseQuery(domainsQuery)
  const { new: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const isOwner = useMe().role === 'owner'
  const isAdding = isNew === 'yes' && isOwner
  const add = (
    <ReasonedButton
      reason={isOwner ? null : 'Only an owner can add a domain.'}
      leftSection={<IconPlus size={18} aria-hidden />}
      onClick={() => setQuery({ new: 'yes' })}
    >
      Add a domain
    </ReasonedButton>
  )
  return (
    <Stack maw={980} gap="lg">
      <Text c="dimmed">
        Show that a domain is yours, and you see who has an account with an address there. Such accounts can then be
        managed by the organisation.
      </Text>
      {isAdding && <AddDomain onCancel={() => setQuery({ new: null })} />}
      {data.items.length > 0 && (
        <RowList label="Domains">
          {data.items.map((domain) => (
            <DomainRow key={domain.id} domain={domain} />
          ))}
        </RowList>
      )}
      {data.items.length > 0 && !isAdding && <div>{add}</div>}
      {data.items.length === 0 && !isAdding && (
        <EmptyState icon={<IconWorldCheck size={32} />} title="No domain yet" action={add}>
          It takes one DNS record, or a file on its web server.
        </EmptyState>
      )}
      <Section title="What holds for all domains">
        <DomainSettings isOwner={isOwner} />
      </Section>
    </Stack>
  )
}

function DomainRow({ domain }: { domain: DomainView }) {
  const { objected } = domain.accounts
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 280px">
        <Anchor href={paths.domain(domain.id)} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {domain.unicodeName ?? domain.name}
        </Anchor>
        <Text size="sm" c="dimmed">
          {domain.unicodeName && `${domain.name} · `}
          {accountsWords(domain.accounts)}
          {objected > 0 && ` · ${peopleWords(objected)} ${objected === 1 ? 'objects' : 'object'}`}
        </Text>
      </Stack>
      <StateBadge state={domainState(domain)} />
    </Group>
  )
}
