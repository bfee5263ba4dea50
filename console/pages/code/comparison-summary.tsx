import { Alert, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import type { ComparisonView } from '../../api/shapes.ts'
import { saysChanges, saysMissing, saysProven } from './comparison-words.ts'

/** How much is new, how much of it somebody tapped for, and what the comparison leaves out. */
export function ComparisonSummary({ comparison }: { comparison: ComparisonView }) {
  const { changes, proven, missing, base } = comparison
  const isAll = proven === changes
  const Mark = isAll ? IconShieldCheck : IconAlertTriangle
  return (
    <>
      <Group gap="sm">
        <Text fw={600}>{saysChanges(comparison)}</Text>
        <Group gap={6}>
          <Mark
            size={16}
            aria-hidden
            color={isAll ? 'light-dark(var(--mantine-color-teal-8), var(--mantine-color-teal-4))' : 'currentColor'}
          />
          <Text size="sm">{saysProven(comparison)}</Text>
        </Group>
      </Group>
      {(missing > 0 || base === null) && (
        <Alert variant="light" color="yellow" mt="sm">
          {saysMissing(comparison)}
        </Alert>
      )}
    </>
  )
}
