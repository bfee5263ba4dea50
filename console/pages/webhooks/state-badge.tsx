import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock, IconMinus } from '@tabler/icons-react'
import type { State } from './webhook-words.ts'

const icons = { green: IconCheck, red: IconAlertTriangle, yellow: IconClock, gray: IconMinus }

/** A state in a word, with a sign beside its colour. */
export function StateBadge({ state }: { state: State }) {
  const Icon = icons[state.color]
  return (
    <Badge
      variant="default"
      tt="none"
      fw={500}
      leftSection={<Icon size={14} aria-hidden color={`var(--mantine-color-${state.color}-text)`} />}
    >
      {state.word}
    </Badge>
  )
}
