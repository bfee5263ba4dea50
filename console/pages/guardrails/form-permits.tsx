import { Radio, Stack, Text, TextInput } from '@mantine/core'
import type { RulePermission } from '../../api/shapes.ts'
import { capital, dayWords } from '../../ui/plain-words.ts'
import { strengthWords } from '../../ui/strength-words.ts'

interface FormPermitsProps {
  permits: RulePermission
  onChange: (permits: RulePermission) => void
}

const enough = ['mfa', 'password'] as const

/** With how little some may sign in, and until when. */
export const FormPermits = ({ permits, onChange }: FormPermitsProps) => (
  <Stack gap="md">
    <Radio.Group
      label="Enough to sign in"
      value={permits.signIn}
      onChange={(signIn) => onChange({ ...permits, signIn: signIn === 'password' ? 'password' : 'mfa' })}
    >
      <Stack gap="xs" mt="xs">
        {enough.map((signIn) => (
          <Radio key={signIn} value={signIn} label={capital(strengthWords[signIn])} />
        ))}
      </Stack>
    </Radio.Group>
    <TextInput
      type="date"
      label="Until"
      description={`180 days ahead at most. From ${dayWords(permits.until)} on it takes a passkey again, and sessions that began without one end.`}
      value={dayOf(permits.until)}
      onChange={({ currentTarget: { value } }) =>
        value && onChange({ ...permits, until: new Date(`${value}T00:00`).getTime() })
      }
      maw={340}
    />
    <Text size="sm" c="dimmed">
      Owners, administrators, guests and agents are never let in so. Everything that takes a tap still takes one.
    </Text>
  </Stack>
)

const two = (part: number) => String(part).padStart(2, '0')

/** `2026-12-01`, in the reader's zone, as the browser's date field has it. */
function dayOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
