import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface AttributeRow {
  name: string
  format?: string
  value: string
  constant?: string
}

const values = [
  { value: 'username', label: 'User name' },
  { value: 'email', label: 'E-mail address' },
  { value: 'name', label: 'Name' },
  { value: 'audience', label: 'Groups it is open to' },
  { value: 'groups', label: 'All their groups' },
  { value: 'role', label: 'Role here' },
  { value: 'id', label: 'Id that never changes' },
  { value: 'constant', label: 'Always the same' },
]

interface AttributesFieldProps {
  rows: readonly AttributeRow[]
  onChange: (rows: AttributeRow[]) => void
  error: ReactNode
}

/** What the tool is told beside the name that it knows somebody by, under the names that it looks for. */
export function AttributesField({ rows, onChange, error }: AttributesFieldProps) {
  const change = (index: number, more: Partial<AttributeRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...more } : row)))
  return (
    <Fieldset legend="Attributes">
      <Stack gap="sm">
        {rows.map((row, index) => (
          <Group key={index} gap="xs" align="flex-end">
            <TextInput
              label="As it is called there"
              value={row.name}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
              flex="2 1 180px"
              spellCheck={false}
            />
            <Select
              label="What it is"
              data={values}
              value={row.value}
              allowDeselect={false}
              onChange={(value) => {
                const { constant: _, ...rest } = row
                const next = { ...rest, value: value ?? 'username' }
                onChange(rows.map((one, at) => (at === index ? next : one)))
              }}
              flex="1 1 140px"
            />
            {row.value === 'constant' && (
              <TextInput
                label="Value"
                value={row.constant ?? ''}
                onChange={(event) => change(index, { constant: event.currentTarget.value })}
                flex="1 1 120px"
              />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Leave out ${row.name || 'this attribute'}`}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {error && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {error}
          </Text>
        )}
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...rows, { name: '', value: 'email' }])}
          >
            Add an attribute
          </Button>
        </div>
      </Stack>
    </Fieldset>
  )
}
