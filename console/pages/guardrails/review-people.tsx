import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { AffectedPerson, Explanation } from '../../api/shapes.ts'
import { PersonName } from '../../ui/person-avatar.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { counted } from '../../ui/plain-words.ts'

const outcomeWords: Record<AffectedPerson['outcome'], string> = {
  'locked-out': 'Locked out',
  limited: 'Could do less',
  reminded: 'Has time',
  reported: 'Only counted',
  permitted: 'Let in with less',
  fine: 'Has what it asks',
}

/** More than these are looked at only on request. */
const FIRST = 10

/** Whom the change concerns: those who would stand before a closed door first, and by name. */
export function ReviewPeople({ people }: { people: Explanation['people'] }) {
  const [hasAll, setAll] = useState(false)
  const missing = people.items.filter(({ outcome }) => outcome !== 'fine')
  const shown = hasAll ? people.items : missing.slice(0, FIRST)
  return (
    <Section title="Who">
      <Stack gap="sm">
        <Text>{peopleSentence(people)}</Text>
        {shown.length > 0 && (
          <RowList label="People whom this concerns">
            {shown.map((one) => (
              <PersonLine key={one.person.id} affected={one} />
            ))}
          </RowList>
        )}
        {shown.length < people.items.length && (
          <Group>
            <Button variant="default" size="xs" onClick={() => setAll(true)}>
              Show everybody whom it concerns
            </Button>
          </Group>
        )}
        {hasAll && people.affected > people.items.length && (
          <Text size="sm" c="dimmed">
            The first {people.items.length} of {people.affected} are shown.
          </Text>
        )}
      </Stack>
    </Section>
  )
}

function PersonLine({ affected: { person, outcome, sentence, rule } }: { affected: AffectedPerson }) {
  const isOut = outcome === 'locked-out'
  return (
    <Group justify="space-between" gap="sm" align="flex-start">
      <Stack gap={2} flex="1 1 260px" miw={0}>
        <PersonName person={person} />
        {sentence && (
          <Text size="sm" c="dimmed">
            {sentence}
            {rule && ` The rule: ${rule.title}.`}
          </Text>
        )}
      </Stack>
      <Badge variant={isOut ? 'light' : 'default'} {...(isOut ? { color: 'red' } : {})} tt="none" fw={500}>
        {outcomeWords[outcome]}
      </Badge>
    </Group>
  )
}

function peopleSentence({
  total,
  agents,
  affected,
  lockedOut,
  limited,
  reminded,
  reported,
  permitted,
}: Explanation['people']): string {
  const all = agents > 0 ? `${total} people and agents` : counted(total, 'person').replace(/persons$/, 'people')
  if (affected === 0) return `Of ${all}, nobody is concerned.`
  const parts = [
    ...(lockedOut ? [`${lockedOut} would be locked out`] : []),
    ...(limited ? [`${limited} could do less than today`] : []),
    ...(reminded ? [`${reminded} ${reminded === 1 ? 'has' : 'have'} time to get what is missing`] : []),
    ...(reported ? [`${reported} would fall short, and ${reported === 1 ? 'is' : 'are'} only counted`] : []),
    ...(permitted ? [`${permitted} could sign in without a passkey`] : []),
  ]
  const concerned = `${affected} of ${all} ${affected === 1 ? 'is' : 'are'} concerned`
  return `${concerned}: ${parts.length ? parts.join(', ') : 'all of them have what it asks'}.`
}
