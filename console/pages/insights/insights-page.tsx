import { SegmentedControl, Stack } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { queryClient } from '../../api/queries.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { dayWords } from '../../ui/plain-words.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { AtAGlance } from './at-a-glance.tsx'
import { insightsQuery, peopleWithoutPasskeyPages, periodOf, periods } from './insights-queries.ts'
import { KeysFigure } from './keys-figure.tsx'
import { MergesFigure } from './merges-figure.tsx'
import { PeopleWithoutPasskeyList } from './people-without-passkey.tsx'
import { SignInTimeFigure } from './sign-in-time-figure.tsx'
import { SignInsFigure } from './sign-ins-figure.tsx'
import { TapsFigure } from './taps-figure.tsx'

export const fetchAhead: FetchAhead = ({ search }) => [
  queryClient.ensureQueryData(insightsQuery(periodOf(search['days']))),
  queryClient.ensureInfiniteQueryData(peopleWithoutPasskeyPages),
]

/** How people come in, how strongly, and how much of what lands is proven. */
export function InsightsPage() {
  const days = periodOf(useUrlQuery()['days'])
  const setQuery = useSetUrlQuery()
  return (
    <>
      <PageHeader
        title="Insights"
        description="How people come in, how strongly, and how much of what lands is proven."
        action={
          <SegmentedControl
            aria-label="Period"
            data={periods}
            value={days}
            onChange={(value) => setQuery({ days: value })}
          />
        }
      />
      <Suspense fallback={<RowSkeletons rows={6} />} key={days}>
        <Figures days={days} />
      </Suspense>
    </>
  )
}

function Figures({ days }: { days: string }) {
  const { data } = useSuspenseQuery(insightsQuery(days))
  const since = dayWords(data.from)
  return (
    <Stack gap={40} maw={820}>
      <AtAGlance insights={data} />
      <SignInsFigure insights={data} since={since} />
      <SignInTimeFigure insights={data} since={since} />
      <KeysFigure insights={data} />
      <MergesFigure insights={data} since={since} />
      <TapsFigure insights={data} since={since} />
      <PeopleWithoutPasskeyList />
    </Stack>
  )
}
