import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'

/** What holds without any rule. There is nothing to switch. */
export const FloorCard = () => (
  <Paper p="md" bg="var(--mantine-color-default-hover)">
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <IconLock size={22} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
      <Stack gap={2}>
        <Title order={2} size="md">
          The floor
        </Title>
        <Text size="sm">
          Everybody signs in with a passkey. Everything that matters takes a tap. A guest’s API token lives 30 days at
          most. Always on: guardrails only ask for more. The one exception has an end: a group that moves here may sign
          in with passwords until a day.
        </Text>
      </Stack>
    </Group>
  </Paper>
)
