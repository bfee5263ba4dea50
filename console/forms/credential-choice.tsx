import { Anchor, Group, Radio, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { strengthWords } from '../ui/strength-words.ts'
import type { Credential } from './use-tap.ts'

interface CredentialChoiceProps {
  credentials: Credential[]
  chosen: Credential | null
  onChoose: (id: string) => void
  isDisabled: boolean
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Which key will be asked. The others are folded away; those that may not be used carry their reason. */
export function CredentialChoice({ credentials, chosen, onChoose, isDisabled }: CredentialChoiceProps) {
  const [isOpen, setOpen] = useState(!chosen)
  if (!isOpen && chosen) {
    return (
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconKey size={16} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} />
        <Text size="sm" flex={1}>
          With <strong>{chosen.name}</strong>, {strengthWords[chosen.strength]}.{' '}
          {credentials.length > 1 && (
            <Anchor component="button" type="button" fz="inherit" disabled={isDisabled} onClick={() => setOpen(true)}>
              Use another key
            </Anchor>
          )}
        </Text>
      </Group>
    )
  }
  return (
    <Radio.Group label="Which key" value={chosen?.id ?? null} onChange={onChoose}>
      <Stack gap="xs" mt="xs">
        {credentials.map((credential) => (
          <Radio
            key={credential.id}
            value={credential.id}
            label={credential.name}
            description={credential.refusal ?? capital(strengthWords[credential.strength])}
            disabled={isDisabled || credential.refusal !== null}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}
