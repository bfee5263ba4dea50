import { Button, Stack, Text } from '@mantine/core'
import { ProblemAlert } from '../../ui/problem-alert.tsx'

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
