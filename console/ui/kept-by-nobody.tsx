import { Alert, Button, Group, Text } from '@mantine/core'
import { IconUserQuestion } from '@tabler/icons-react'
import { dayWords } from './plain-words.ts'
import { ProblemAlert } from './problem-alert.tsx'

interface KeptByNobodyProps {
  /** "webhook", "mirror" */
  what: string
  /** Who looked after it. */
  steward: { displayName: string } | null
  keepBy: number
  /** Why it stands still meanwhile; nothing: it goes on. */
  stopped?: string
  keep: { isPending: boolean; error: unknown; mutate: () => void }
}

/** Something goes on whose person has left: whoever reads this keeps it with a tap, or it is switched off by itself. */
export const KeptByNobody = ({ what, steward, keepBy, stopped, keep }: KeptByNobodyProps) => (
  <Alert
    color="yellow"
    icon={<IconUserQuestion />}
    title={`${steward?.displayName ?? 'Somebody'}, who looked after it, has left. Keep it?`}
  >
    <Group justify="space-between" gap="sm">
      <Text size="sm" flex="1 1 260px">
        {stopped !== undefined && `${stopped} `}
        Unless somebody keeps it, this {what} is switched off on {dayWords(keepBy)}. Whoever keeps it looks after it.
      </Text>
      <Button size="xs" loading={keep.isPending} onClick={() => keep.mutate()}>
        Keep it with a tap
      </Button>
    </Group>
    <ProblemAlert error={keep.error} />
  </Alert>
)
