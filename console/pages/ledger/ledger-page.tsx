import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconBinaryTree } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import { isAdministrator, useMe } from '../../api/use-me.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Section } from '../../ui/section.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { ledgerQuery, refetchInterval, refetchWitnesses, witnessesQuery } from './ledger-queries.ts'
import { watchLines } from './watch-lines.ts'
import { Witnesses } from './witnesses.tsx'

export const fetchAhead: FetchAhead = () =>
  isAdministrator(queryClient.getQueryData(meQuery.queryKey) ?? null)
    ? [queryClient.ensureQueryData(ledgerQuery), queryClient.ensureQueryData(witnessesQuery)]
    : []

/** How everything that happened is kept from being rewritten, and who sees to it. */
export function LedgerPage() {
  const isAllowed = isAdministrator(useMe())
  return (
    <>
      <PageHeader
        title="Ledger"
        crumbs={[{ label: 'Audit', href: paths.audit() }]}
        description="All that stands in the audit is one ledger that only grows, and this server signs it. Whoever keeps what it signed sees later if anything before was changed, left out or put in."
      />
      {isAllowed ? (
        <Suspense fallback={<RowSkeletons />}>
          <Ledger />
        </Suspense>
      ) : (
        <EmptyState
          icon={<IconBinaryTree size={32} />}
          title="This page is for administrators"
          action={
            <Button component="a" href={paths.guide('verify#the-ledger')} variant="default">
              How to watch it
            </Button>
          }
        >
          Anybody may watch the ledger itself: it shows hashes and how many events there are.
        </EmptyState>
      )}
    </>
  )
}

function Ledger() {
  const { data: ledger } = useSuspenseQuery({ ...ledgerQuery, refetchInterval })
  const { data: witnesses } = useSuspenseQuery({
    ...witnessesQuery,
    refetchInterval: ({ state }) => refetchWitnesses(state.data),
  })
  const { origin } = globalThis.location
  return (
    <Stack gap="xl" maw={980}>
      <Stack gap="md">
        <FactList label="The ledger">
          <Fact label="Events in it">{ledger.size.toLocaleString()}</Fact>
          <Fact label="The last of them">
            <TimeAgo at={ledger.at} />
          </Fact>
        </FactList>
        <CopyBlock label="The key of the ledger" lines={[ledger.key]} what="the key" />
      </Stack>
      <Witnesses ledger={ledger} witnesses={witnesses.items} />
      <Section title="Watch it from another machine">
        <Text c="dimmed" maw={720}>
          Run this on a machine that administrators of this server do not look after, now, and then every hour.{' '}
          <Anchor href={paths.guide('verify#the-ledger')} inherit>
            What its answers mean
          </Anchor>
        </Text>
        <CopyBlock lines={watchLines(origin, ledger.key, witnesses.items)} what="the commands" />
      </Section>
    </Stack>
  )
}
