import { Button } from '@mantine/core'
import { hasCode } from '../api/problem.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'

interface FormerNameAlertProps {
  error: unknown
  isPending: boolean
  takeOver: () => void
}

/** A refusal of a form with a name in it: one that still leads elsewhere can be taken over from here. */
export function FormerNameAlert({ error, isPending, takeOver }: FormerNameAlertProps) {
  const button = (
    <Button size="xs" variant="default" loading={isPending} onClick={takeOver}>
      Take the name over
    </Button>
  )
  return <ProblemAlert error={error} action={hasCode(error, 'former-name') ? button : undefined} />
}
