import { Button } from '@mantine/core'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ProblemError } from '../../api/problem.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { EntryLayout } from '../entry/entry-layout.tsx'

/** Not even who is here could be learned: no page stands around this one. */
export function RootErrorPage({ error, reset }: ErrorComponentProps) {
  const { reset: resetQueries } = useQueryErrorResetBoundary()
  const router = useRouter()
  const isRefused = error instanceof ProblemError && error.problem.status === 403
  const again = () => {
    resetQueries()
    reset()
    void router.invalidate()
  }
  return (
    <EntryLayout title={isRefused ? 'You are not let in from here' : 'Postern could not be shown'}>
      <ProblemAlert error={error} />
      <Button size="md" onClick={again}>
        Try again
      </Button>
    </EntryLayout>
  )
}
