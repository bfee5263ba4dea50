import { Anchor, Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import type { DecisionOutcome, Explanation, ReplayRow } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { capital } from '../../ui/plain-words.ts'
import { counted } from '../../ui/plain-words.ts'

const outcomes: { outcome: DecisionOutcome; words: string; badge: string }[] = [
  { outcome: 'allow', words: 'would be allowed', badge: 'Allowed' },
  { outcome: 'step-up', words: 'would take another tap or key', badge: 'Another tap or key' },
  { outcome: 'deny', words: 'would be refused', badge: 'Refused' },
]

/** The last 30 days, judged again by the draft: what would have gone otherwise, and by which rule. */
export function ReviewReplay({ replay: { events, rows } }: { replay: Explanation['replay'] }) {
  const sum = (wanted: DecisionOutcome) =>
    rows.reduce((total, { outcome, count }) => (outcome === wanted ? total + count : total), 0)
  const telling = rows
    .filter(({ outcome, changed }) => outcome !== 'allow' || changed > 0)
    .sort((one, other) => rank(one) - rank(other) || other.count - one.count)
  return (
    <Section title="The last 30 days">
      {events === 0 ? (
        <Text c="dimmed">Nothing was done yet that a guardrail judges.</Text>
      ) : (
        <Stack gap="sm">
          <Text>Of {counted(events, 'act')} by your people,</Text>
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
            {outcomes.map(({ outcome, words }) => (
              <Stack key={outcome} gap={0}>
                <Text fz="xl" fw={600} lh={1.2}>
                  {sum(outcome).toLocaleString('en')}
                </Text>
                <Text size="sm" c="dimmed">
                  {words}
                </Text>
              </Stack>
            ))}
          </SimpleGrid>
          {telling.length === 0 ? (
            <Text c="dimmed">Everything would have gone as it did.</Text>
          ) : (
            <RowList label="What would have gone otherwise">
              {telling.map((row) => (
                <ReplayLine key={`${row.act} ${row.outcome} ${row.rule?.id}`} row={row} />
              ))}
            </RowList>
          )}
        </Stack>
      )}
    </Section>
  )
}

const rank = ({ outcome }: ReplayRow) => ['deny', 'step-up', 'allow'].indexOf(outcome)

const ReplayLine = ({ row: { words, outcome, rule, count, changed, examples } }: { row: ReplayRow }) => (
  <Stack gap={6}>
    <Group justify="space-between" gap="xs">
      <Text fw={550}>
        {capital(words)}, {counted(count, 'time')}
      </Text>
      <Badge
        variant={outcome === 'deny' ? 'light' : 'default'}
        {...(outcome === 'deny' ? { color: 'red' } : {})}
        tt="none"
        fw={500}
      >
        {outcomes.find((one) => one.outcome === outcome)?.badge}
      </Badge>
    </Group>
    <Text size="sm" c="dimmed">
      {rule ? `By the rule “${rule.title}”` : 'By the floor'}
      {changed < count ? `; ${counted(changed, 'time')} it went otherwise` : ''}. For example:
    </Text>
    <Stack component="ul" gap={2} m={0} p={0} aria-label="Examples">
      {examples.map(({ eventId, sentence, occurredAt }) => (
        <Text key={eventId} component="li" size="sm" style={{ listStyle: 'none', overflowWrap: 'anywhere' }}>
          <Anchor href={paths.audit({ event: eventId })} size="sm">
            {sentence}
          </Anchor>{' '}
          <Text span size="sm" c="dimmed">
            <TimeAgo at={occurredAt} />
          </Text>
        </Text>
      ))}
    </Stack>
  </Stack>
)
