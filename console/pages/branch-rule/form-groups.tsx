import { Button, CloseButton, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { GroupSelect, useFoundGroups } from '../../forms/group-select.tsx'
import type { RulePart } from './rule-part.ts'

/** "2 developers and 1 of security": how many of them must be in which group. */
export function FormGroups({ rule, names, errors, onChange }: RulePart) {
  // Those that are chosen here, beside what the server names.
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const { data } = useFoundGroups('')
  const nameOf = (id: string) => chosen[id] ?? names[id] ?? id
  const set = (groupId: string, count: number) =>
    onChange({ groups: rule.groups.map((one) => (one.groupId === groupId ? { groupId, count } : one)) })
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        Of these groups
      </Text>
      {rule.groups.map(({ groupId, count }) => (
        <Group key={groupId} gap="xs">
          <NumberInput
            aria-label={`How many of ${nameOf(groupId)}`}
            w={80}
            min={1}
            max={10}
            value={count}
            onChange={(value) => set(groupId, Math.max(1, Math.trunc(Number(value) || 1)))}
          />
          <Text size="sm">of {nameOf(groupId)}</Text>
          <CloseButton
            aria-label={`Do not ask ${nameOf(groupId)}`}
            onClick={() => onChange({ groups: rule.groups.filter((one) => one.groupId !== groupId) })}
          />
        </Group>
      ))}
      {data?.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          There are no groups yet.{' '}
          <Button component="a" href="/-/groups" variant="transparent" size="compact-sm" px={0}>
            Make one
          </Button>
        </Text>
      ) : (
        <GroupSelect
          aria-label="Ask a group"
          placeholder="Ask a group"
          maw={300}
          value={null}
          without={rule.groups.map(({ groupId }) => groupId)}
          onChange={(group) => {
            if (group === null) return
            setChosen({ ...chosen, [group.id]: group.name })
            onChange({ groups: [...rule.groups, { groupId: group.id, count: 1 }] })
          }}
        />
      )}
      {errors['groups'] && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {errors['groups']}
        </Text>
      )}
    </Stack>
  )
}
