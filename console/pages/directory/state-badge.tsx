import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock } from '@tabler/icons-react'
import type { ConnectionState } from './connection-words.ts'

const looks = {
  good: { Icon: IconCheck, color: 'green' },
  waiting: { Icon: IconClock, color: 'yellow' },
  bad: { Icon: IconAlertTriangle, color: 'red' },
}

/** A state in a word, with a sign beside its colour. */
export function StateBadge({ state }: { state: ConnectionState }) {
  const { Icon, color } = looks[state.tone]
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      leftSection={<Icon size={14} aria-hidden color={`var(--mantine-color-${color}-text)`} />}
    >
      {state.word}
    </Badge>
  )
}
