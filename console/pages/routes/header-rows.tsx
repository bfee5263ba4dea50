import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'

interface HeaderRowsProps {
  label: string
  description: string
  addLabel: string
  headers: Readonly<Record<string, string>>
  onChange: (headers: Record<string, string>) => void
  /** What values there are; anything may be typed where there are none. */
  choices?: Readonly<Record<string, string>>
  /** A name to begin with. */
  first: string
  errors: (name: string) => string | null
}

/** Headers by name, a row each. Rows keep their place while they are typed; the last of one name counts. */
export function HeaderRows({
  label,
  description,
  addLabel,
  headers,
  onChange,
  choices,
  first,
  errors,
}: HeaderRowsProps) {
  const [rows, setRows] = useState(() => Object.entries(headers))
  const change = (next: [string, string][]) => {
    setRows(next)
    onChange(
      Object.fromEntries(next.filter(([name]) => name.trim() !== '').map(([name, value]) => [name.trim(), value])),
    )
  }
  const setRow = (index: number, row: [string, string]) => change(rows.with(index, row))
  const firstChoice = Object.keys(choices ?? {})[0] ?? ''
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <div>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </div>
      {rows.map(([name, value], index) => (
        <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
          {/* Beside each other where all that they say can be read, else below. */}
          <Group gap="xs" align="flex-start" flex={1} miw={0}>
            <TextInput
              aria-label={`Header ${index + 1}`}
              placeholder={first}
              flex={readable}
              miw={0}
              value={name}
              onChange={({ currentTarget }) => setRow(index, [currentTarget.value, value])}
              error={errors(name)}
            />
            {choices ? (
              <Select
                aria-label={`What header ${index + 1} says`}
                data={Object.entries(choices).map(([key, words]) => ({ value: key, label: words }))}
                allowDeselect={false}
                flex={readable}
                miw={0}
                value={value}
                onChange={(chosen) => setRow(index, [name, chosen ?? firstChoice])}
              />
            ) : (
              <TextInput
                aria-label={`Value of header ${index + 1}`}
                flex={readable}
                miw={0}
                value={value}
                onChange={({ currentTarget }) => setRow(index, [name, currentTarget.value])}
              />
            )}
          </Group>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Take ${name || 'this header'} away`}
            onClick={() => change(rows.toSpliced(index, 1))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => change([...rows, [rows.length === 0 ? first : '', firstChoice]])}
      >
        {addLabel}
      </Button>
    </Stack>
  )
}

/** As wide as the longest choice. */
const readable = '1 1 240px'
