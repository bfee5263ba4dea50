import { Chip, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import { peopleChips } from './people-filter-words.ts'

export const countsQuery = getQuery<Record<string, number>>('/people/counts')

/** Narrows the list; each chip says how many there are. What nobody is in is left out, unless that is good to know. */
export function PeopleChips({ filter, onChange }: { filter: string; onChange: (filter: string) => void }) {
  const counts = useQuery(countsQuery).data
  const shown = peopleChips.filter(
    ({ value, isQuietWhenEmpty }) => value === filter || !isQuietWhenEmpty || (counts?.[value] ?? 0) > 0,
  )
  return (
    <Chip.Group value={filter} onChange={onChange}>
      <Group gap={6} role="group" aria-label="Which people">
        {shown.map(({ value, label }) => (
          <Chip key={value} value={value} size="xs" variant="outline">
            {counts === undefined ? label : `${label} ${(counts[value] ?? 0).toLocaleString('en')}`}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  )
}
