import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCalendarDue } from '@tabler/icons-react'
import { dayWords } from './plain-words.ts'

interface DeadlineAlertProps {
  at: number
  /** What will be asked then. */
  sentence: string
  /** Where one gets it. */
  href: string
}

/** What will be asked of the reader from a date on, and is not there yet. */
export const DeadlineAlert = ({ at, sentence, href }: DeadlineAlertProps) => (
  <Alert color="yellow" icon={<IconCalendarDue />} title={`From ${dayWords(at)} on`}>
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 260px">
        {sentence}
      </Text>
      <Button component="a" href={href} size="xs">
        Add a key
      </Button>
    </Group>
  </Alert>
)
