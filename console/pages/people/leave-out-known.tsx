import { Button } from '@mantine/core'
import { ProblemError } from '../../api/problem.ts'

interface LeaveOutKnownProps {
  error: unknown
  emails: string[]
  onLeft: (emails: string[]) => void
}

/** Where some of the addresses are somebody's already, the button that takes them out of the list. */
export function LeaveOutKnown({ error, emails, onLeft }: LeaveOutKnownProps) {
  if (!(error instanceof ProblemError) || error.problem.code !== 'already-here') return null
  const known = new Set((error.problem.fields?.['emails'] ?? '').toLowerCase().split(', '))
  const left = emails.filter((email) => !known.has(email.toLowerCase()))
  if (left.length === emails.length || left.length === 0) return null
  return (
    <Button size="xs" variant="default" onClick={() => onLeft(left)}>
      Leave them out
    </Button>
  )
}
