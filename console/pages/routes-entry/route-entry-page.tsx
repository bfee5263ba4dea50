import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { hasCode } from '../../api/problem.ts'
import { getQuery } from '../../api/queries.ts'
import type { EntryView } from '../../api/shapes.ts'
import { paths, withQuery } from '../../paths.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import { useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'
import { resolvesNoLocalhost } from './resolves-no-localhost.ts'
import { HostsLine, NotOpen, TapAgain } from './route-entry-parts.tsx'
import { SignOutEverywhere } from './sign-out-everywhere.tsx'

/** On the way to a tool behind the proxy: what stands between, and the one step that helps. */
export function RouteEntryPage() {
  const { route = '', signOut } = useUrlQuery()
  return signOut === undefined ? <RouteEntry route={route} /> : <SignOutEverywhere />
}

function RouteEntry({ route }: { route: string }) {
  const { state, to = '/', method } = useUrlQuery()
  const asked = useQuery({ ...getQuery<EntryView>('/proxy/entry', { route, to, method }), staleTime: 0, gcTime: 0 })
  const view = asked.data
  const needsHosts = route.endsWith('.localhost') && resolvesNoLocalhost(navigator.userAgent)
  const onward =
    state === undefined ? `${view?.address ?? ''}${to}` : withQuery('/proxy/sign-in', { route, state, to, method })
  const goesOn = view?.outcome === 'allow' && !needsHosts
  useEffect(() => {
    if (goesOn) location.replace(onward)
  }, [goesOn, onward])

  if (asked.error)
    return (
      <EntryLayout title={hasCode(asked.error, 'not-found') ? 'There is no such tool here' : 'This tool did not open'}>
        {hasCode(asked.error, 'not-found') ? (
          <Text>It was never set up or has ended, or you may not open it.</Text>
        ) : (
          <ProblemAlert error={asked.error} />
        )}
        <Button component="a" href={paths.home}>
          Go to Home
        </Button>
      </EntryLayout>
    )
  if (view === undefined || goesOn)
    return (
      <EntryLayout title={view === undefined ? 'One moment' : `Opening ${view.name}`}>
        <RowSkeletons rows={2} height={32} />
      </EntryLayout>
    )
  if (view.outcome === 'allow') return <HostsLine view={view} host={route} onward={onward} />
  if (view.outcome === 'deny') return <NotOpen view={view} />
  return <TapAgain view={view} onTapped={async () => (await asked.refetch()).data?.outcome === 'allow'} />
}
