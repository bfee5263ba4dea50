import { Button, Group, Stack } from '@mantine/core'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { meQuery, queryClient } from '../../api/queries.ts'
import { hasCode, ProblemError, unreachable } from '../../api/problem.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { PageSkeleton } from '../../ui/skeletons.tsx'
import { useGo } from '../../url-state.ts'
import { NotFoundPage } from './not-found-page.tsx'

/** A page that could not be drawn: to sign-in, not found, or what happened and how to go on. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { reset: resetQueries } = useQueryErrorResetBoundary()
  const status = error instanceof ProblemError ? error.problem.status : null
  if (status === 401) return <ToSignIn />
  if (hasCode(error, 'stronger-key-needed')) return <ToStrongerKey />
  if (status === 404) return <NotFoundPage />

  // Asking again does not help somebody without the role.
  const isNotTheirs = hasCode(error, 'not-allowed')
  const isNotLoaded = /dynamically imported module|module script|preload CSS/i.test(String(error))
  const isOffline = isNotLoaded && !navigator.onLine
  const isOldPage = isNotLoaded && !isOffline
  const again = () => {
    if (isOldPage) return location.reload()
    if (isOffline) return void router.invalidate()
    resetQueries()
    reset()
  }
  return (
    <Stack>
      <PageHeader
        title={
          isOldPage
            ? 'Postern was updated'
            : isNotTheirs
              ? 'This page is not open to you'
              : 'This page could not be shown'
        }
      />
      {!isOldPage && <ProblemAlert error={isOffline ? unreachable(error) : error} />}
      <Group>
        {!isNotTheirs && <Button onClick={again}>{isOldPage ? 'Load the new version' : 'Try again'}</Button>}
        <Button component="a" href={paths.home} variant={isNotTheirs ? 'filled' : 'default'}>
          Go to Home
        </Button>
      </Group>
    </Stack>
  )
}

function ToSignIn() {
  const go = useGo()
  const here = useLocation({ select: ({ href }) => href })
  useEffect(() => {
    queryClient.setQueryData(meQuery.queryKey, null)
    if (!here.startsWith('/-/sign-in')) go(paths.signIn(here), { replace: true })
  }, [go, here])
  return <PageSkeleton />
}

function ToStrongerKey() {
  const go = useGo()
  const here = useLocation({ select: ({ href }) => href })
  useEffect(() => {
    if (!here.startsWith('/-/stronger-key')) go(paths.strongerKey(here), { replace: true })
  }, [go, here])
  return <PageSkeleton />
}
