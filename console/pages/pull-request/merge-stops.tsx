import { Button, Stack, Text } from '@mantine/core'
import { hasCode } from '../../api/problem.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

/** Nothing could be laid down to sign. A branch that somebody else holds is asked for again by itself. */
export const PreparationProblem = ({ error, onAgain }: { error: unknown; onAgain: () => void }) => (
  <ProblemAlert
    error={error}
    action={
      hasCode(error, 'branch-held') ? (
        <Text size="sm">This page tries again by itself.</Text>
      ) : (
        <Button variant="default" size="xs" onClick={onAgain}>
          Try again
        </Button>
      )
    }
  />
)

export const MergeExpired = ({ onAgain }: { onAgain: () => void }) => (
  <Stack gap="sm">
    <Text size="sm">This waited too long for a tap, so it does not hold any more. Nothing was changed.</Text>
    <Button onClick={onAgain}>Show me again what I sign</Button>
  </Stack>
)

/** Tapped, but the merge was not answered: the seal is kept, so no second tap is needed. */
export const MergeUnfinished = (props: { error: unknown; onAgain: () => void; isPending: boolean }) => (
  <Stack gap="sm">
    <ProblemAlert error={props.error} />
    <Text size="sm">Your tap is kept. It merges exactly what you signed, or nothing.</Text>
    <Button onClick={props.onAgain} loading={props.isPending}>
      Finish the merge
    </Button>
  </Stack>
)
