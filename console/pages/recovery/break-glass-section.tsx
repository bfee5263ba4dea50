import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import type { BreakGlassView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { MakeBreakGlass } from './make-break-glass.tsx'
import { breakGlassQuery } from './recovery-queries.ts'

/** The sealed codes for the day no owner gets in, and every use of one. */
export function BreakGlassSection() {
  const me = useMe()
  const { data } = useSuspenseQuery(breakGlassQuery)
  return (
    <Section title="Break-glass codes">
      <Text c="dimmed" maw={640}>
        For the day no owner gets in. Printed, sealed and locked away, never in a computer. Each lets one owner in,
        once; everybody here is told, and a second person reviews what was done. It lifts no guardrail.
      </Text>
      {data.items.length > 0 && (
        <RowList label="Break-glass codes">
          {data.items.map((one) => (
            <BreakGlassRow key={one.id} glass={one} />
          ))}
        </RowList>
      )}
      {me.role === 'owner' ? (
        <MakeBreakGlass />
      ) : (
        data.items.length === 0 && <Text size="sm">There is none. An owner makes one.</Text>
      )}
    </Section>
  )
}

const stateWords = { sealed: 'Sealed', used: 'Waits for review', reviewed: 'Reviewed' } as const

function BreakGlassRow({ glass }: { glass: BreakGlassView }) {
  const { person, state, usedAt } = glass
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 320px">
        <Group gap="xs">
          <Text fw={600}>Lets in {person.displayName}</Text>
          <Badge variant="light" tt="none" fw={500} color={state === 'used' ? 'red' : 'gray'}>
            {stateWords[state]}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          Made by {glass.createdBy?.displayName ?? 'somebody'} <TimeAgo at={glass.createdAt} />
          {usedAt !== null && (
            <>
              , used <TimeAgo at={usedAt} />
              {glass.address && ` from ${glass.address}`}
            </>
          )}
          {glass.reviewedAt !== null && (
            <>
              , reviewed by {glass.reviewedBy?.displayName ?? 'somebody'} <TimeAgo at={glass.reviewedAt} />
            </>
          )}
        </Text>
      </Stack>
      {state !== 'sealed' && (
        <Button
          component="a"
          href={paths.breakGlassReview(glass.id)}
          size="xs"
          variant={state === 'used' ? 'filled' : 'default'}
        >
          {state === 'used' ? 'Review it' : 'What was done'}
        </Button>
      )}
    </Group>
  )
}
