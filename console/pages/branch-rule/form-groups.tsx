import { Button, CloseButton, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { Group as PersonGroup, Items } from '../../api/shapes.ts'
import type { RulePart } from './rule-part.ts'

/** "2 developers and 1 of security": how many of them must be in which group. */
export function FormGroups({ rule, names, errors, onChange }: RulePart) {
  const { data } = useQuery(getQuery<Items<PersonGroup>>('/groups'))
  const groups = data?.items ?? []
  const nameOf = (id: string) => groups.find((group) => group.id === id)?.name ?? names[id] ?? id
  const free = groups.filter(({ id }) => !rule.groups.some(({ groupId }) => groupId === id))
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
      {free.length > 0 ? (
        <Select
          aria-label="Ask a group"
          placeholder="Ask a group"
          maw={300}
          data={free.map(({ id, name }) => ({ value: id, label: name }))}
          value={null}
          searchable
          onChange={(groupId) => groupId && onChange({ groups: [...rule.groups, { groupId, count: 1 }] })}
        />
      ) : (
        groups.length === 0 && (
          <Text size="sm" c="dimmed">
            There are no groups yet.{' '}
            <Button component="a" href="/-/groups" variant="transparent" size="compact-sm" px={0}>
              Make one
            </Button>
          </Text>
        )
      )}
      {errors['groups'] && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {errors['groups']}
        </Text>
      )}
    </Stack>
  )
}
