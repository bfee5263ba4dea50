import { Progress, Stack, Text } from '@mantine/core'

/** While the server judges everybody, and a month again. */
export const ReviewProgress = () => (
  <Stack gap="xs" className="postern-late">
    <Text role="status">Looking at everybody, and judging the last 30 days again…</Text>
    <Progress value={100} animated aria-label="Computing whom this concerns" />
  </Stack>
)
