import { Checkbox, CloseButton, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { getQuery } from '../../api/queries.ts'
import type { Group as PersonGroup, Items, PageOf, Person } from '../../api/shapes.ts'
import { PersonSelect } from '../../forms/person-select.tsx'
import { withQuery } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'
import type { RulePart } from './rule-part.ts'

const administrators = 'repository-role:admin'

/** Who may merge past all of this in an emergency, and by when somebody else must have looked. */
export function FormBypass({ rule, names, errors, onChange }: RulePart) {
  const groups = useQuery(getQuery<Items<PersonGroup>>('/groups')).data?.items ?? []
  const people = useQuery(getQuery<PageOf<Person>>('/people')).data?.items ?? []
  const others = rule.bypass.filter((who) => who !== administrators)
  const add = (who: string) => onChange({ bypass: [...new Set([...rule.bypass, who])] })
  const remove = (who: string) => onChange({ bypass: rule.bypass.filter((one) => one !== who) })
  const nameOf = (who: string): string => {
    const id = who.slice(who.indexOf(':') + 1)
    const found = groups.find((group) => group.id === id)?.name ?? people.find((one) => one.id === id)?.displayName
    return found ?? names[id] ?? id
  }
  const addPerson = async (username: string | null) => {
    if (username === null) return
    const found = await api.get<PageOf<Person>>(withQuery('/people', { q: username }))
    const person = found.items.find((one) => one.username === username)
    if (person) add(`user:${person.id}`)
  }
  return (
    <Section title="In an emergency">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          They may merge past this rule with a reason and a tap. Administrators are told, and a second person must look
          at it afterwards.
        </Text>
        <Checkbox
          label="Administrators of this repository"
          checked={rule.bypass.includes(administrators)}
          onChange={({ currentTarget: { checked } }) => (checked ? add(administrators) : remove(administrators))}
        />
        {others.map((who) => (
          <Group key={who} gap={4}>
            <Text size="sm">{nameOf(who)}</Text>
            <CloseButton size="sm" aria-label={`Take ${nameOf(who)} out`} onClick={() => remove(who)} />
          </Group>
        ))}
        <Group align="flex-end">
          <PersonSelect label="A person" value={null} onChange={(name) => void addPerson(name)} flex="1 1 200px" />
          {groups.length > 0 && (
            <Select
              label="A group"
              placeholder="Choose"
              data={groups.map(({ id, name }) => ({ value: `group:${id}`, label: name }))}
              value={null}
              onChange={(who) => who && add(who)}
              flex="1 1 200px"
            />
          )}
        </Group>
        {errors['bypass'] && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {errors['bypass']}
          </Text>
        )}
        {rule.bypass.length > 0 && (
          <NumberInput
            label="Hours until a second person must have looked"
            maw={300}
            min={1}
            max={168}
            value={rule.bypassReviewHours}
            onChange={(value) =>
              onChange({ bypassReviewHours: Math.max(1, Math.min(168, Math.trunc(Number(value) || 24))) })
            }
          />
        )}
      </Stack>
    </Section>
  )
}
