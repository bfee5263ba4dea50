import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Condition } from '../../api/shapes.ts'

interface ConditionRowsProps {
  label: string
  description: string
  value: readonly Condition[]
  onChange: (value: Condition[]) => void
  error?: ReactNode
}

/** Claims and what they must say, one below the other. */
export function ConditionRows({ label, description, value, onChange, error }: ConditionRowsProps) {
  const change = (index: number, part: Partial<Condition>) =>
    onChange(value.map((row, at) => (at === index ? { ...row, ...part } : row)))
  const text = { autoComplete: 'off', spellCheck: false, miw: 0 }
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Stack gap="xs" mt={6}>
        {value.map((row, index) => (
          <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              {...text}
              aria-label={`Claim ${index + 1}`}
              placeholder="environment"
              flex={2}
              value={row.claim}
              onChange={(event) => change(index, { claim: event.currentTarget.value })}
            />
            <TextInput
              {...text}
              aria-label={`What claim ${index + 1} must say`}
              placeholder="production"
              flex={3}
              value={row.value}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={`Remove condition ${index + 1}`}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => onChange([...value, { claim: '', value: '' }])}
          >
            Add a condition
          </Button>
        </Group>
      </Stack>
    </Input.Wrapper>
  )
}
