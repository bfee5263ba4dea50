import { Checkbox, CloseButton, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { PageOf, Person } from '../../api/shapes.ts'
import { GroupSelect, useFoundGroups } from '../../forms/group-select.tsx'
import { PersonSelect } from '../../forms/person-select.tsx'
import { withQuery } from '../../paths.ts'
import { Section } from '../../ui/section.tsx'
import type { RulePart } from './rule-part.ts'

const administrators = 'repository-role:admin'

/** Who may merge past all of this in an emergency, and by when somebody else must have looked. */
export function FormBypass({ rule, names, errors, onChange }: RulePart) {
  // Those that are chosen here, beside what the server names.
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const hasGroups = (useFoundGroups('').data?.items.length ?? 0) > 0
  const others = rule.bypass.filter((who) => who !== administrators)
  const add = (who: string, name = '') => {
    setChosen({ ...chosen, [who]: name })
    onChange({ bypass: [...new Set([...rule.bypass, who])] })
  }
  const remove = (who: string) => onChange({ bypass: rule.bypass.filter((one) => one !== who) })
  const nameOf = (who: string): string => {
    const id = who.slice(who.indexOf(':') + 1)
    return chosen[who] ?? names[id] ?? id
  }
  const addPerson = async (username: string | null) => {
    if (username === null) return
    const found = await api.get<PageOf<Person>>(withQuery('/people', { q: username }))
    const person = found.items.find((one) => one.username === username)
    if (person) add(`user:${person.id}`, person.displayName)
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
          {hasGroups && (
            <GroupSelect
              label="A group"
              placeholder="Choose"
              value={null}
              onChange={(group) => group && add(`group:${group.id}`, group.name)}
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
