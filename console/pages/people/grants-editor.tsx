import { ActionIcon, Group, Select, Stack, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getQuery } from '../../api/queries.ts'
import type { PageOf, RepositoryRole, RepositorySummary } from '../../api/shapes.ts'
import { RoleSelect } from '../../forms/role-select.tsx'

export interface ChosenGrant {
  path: string
  role: RepositoryRole
}

interface GrantsEditorProps {
  value: ChosenGrant[]
  onChange: (grants: ChosenGrant[]) => void
}

/** Which repositories somebody may see. One that is chosen is in, with a role that can still be changed. */
export function GrantsEditor({ value, onChange }: GrantsEditorProps) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 150)
  const found = useQuery({
    ...getQuery<PageOf<RepositorySummary>>('/repositories', { q }),
    placeholderData: keepPreviousData,
  })
  const offered = (found.data?.items ?? [])
    .map(({ path }) => path)
    .filter((path) => !value.some((own) => own.path === path))
  return (
    <Stack gap="xs">
      <Select
        label="Repositories they may see"
        placeholder="Type a name to add one"
        data={offered}
        value={null}
        onChange={(path) => {
          if (path !== null) onChange([...value, { path, role: 'read' }])
          setTyped('')
        }}
        searchable
        searchValue={typed}
        onSearchChange={setTyped}
        filter={({ options }) => options}
        nothingFoundMessage={found.isFetching ? 'Searching…' : 'No further repository by that name'}
      />
      {value.map((grant) => (
        <Group key={grant.path} gap="xs" wrap="nowrap">
          <Text size="sm" flex={1} style={{ overflowWrap: 'anywhere' }}>
            {grant.path}
          </Text>
          <RoleSelect
            aria-label={`Role in ${grant.path}`}
            size="xs"
            w={100}
            value={grant.role}
            onChange={(role) => onChange(value.map((one) => (one.path === grant.path ? { ...one, role } : one)))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Leave out ${grant.path}`}
            onClick={() => onChange(value.filter(({ path }) => path !== grant.path))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  )
}
