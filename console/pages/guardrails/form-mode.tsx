import { Checkbox, NumberInput, Radio, Stack, TextInput } from '@mantine/core'
import type { Rule } from '../../api/shapes.ts'
import { isOnlyGroups } from './tidy-rule.ts'
import { dayWords } from '../../ui/plain-words.ts'

interface FormModeProps {
  rule: Pick<Rule, 'who' | 'mode' | 'enforceFrom' | 'graceDays'>
  onChange: (change: Pick<Rule, 'mode' | 'enforceFrom' | 'graceDays'>) => void
}

const modes = [
  { value: 'enforce', label: 'Enforce', description: 'What falls short of it is refused, or asks for another tap' },
  { value: 'report', label: 'Report only', description: 'Nothing is refused; what would have been is counted' },
  { value: 'off', label: 'Off', description: 'Kept, and without effect' },
]

/** How strictly, and from when. */
export function FormMode({ rule: { who, mode, enforceFrom, graceDays }, onChange }: FormModeProps) {
  const change = (next: { mode?: Rule['mode']; enforceFrom?: number | undefined; graceDays?: number | undefined }) => {
    const { mode: chosen = mode, ...dates } = { enforceFrom, graceDays, ...next }
    onChange({
      mode: chosen,
      ...(dates.enforceFrom === undefined ? {} : { enforceFrom: dates.enforceFrom }),
      ...(dates.graceDays === undefined ? {} : { graceDays: dates.graceDays }),
    })
  }
  const set = (next: number | undefined) => change({ enforceFrom: next })
  return (
    <Stack gap="md">
      <Radio.Group label="How strictly" value={mode} onChange={(next) => change({ mode: next })}>
        <Stack gap="xs" mt="xs">
          {modes.map((one) => (
            <Radio key={one.value} {...one} />
          ))}
        </Stack>
      </Radio.Group>
      {mode === 'enforce' && (
        <Stack gap="xs">
          <Checkbox
            label="Give people until a date"
            checked={enforceFrom !== undefined}
            onChange={({ currentTarget: { checked } }) => set(checked ? startOfDay(inDays(14)) : undefined)}
          />
          {enforceFrom !== undefined && (
            <TextInput
              type="date"
              aria-label="Enforced from"
              description={`Until then people are reminded, here and by mail. From ${dayWords(enforceFrom)} on, a sign-in that falls short leads straight to registering what is missing.`}
              value={dayOf(enforceFrom)}
              onChange={({ currentTarget: { value } }) => value && set(startOfDay(value))}
              maw={340}
            />
          )}
          {isOnlyGroups(who) && (
            <Checkbox
              label="Give whoever joins later some days"
              checked={graceDays !== undefined}
              onChange={({ currentTarget: { checked } }) => change({ graceDays: checked ? 14 : undefined })}
            />
          )}
          {isOnlyGroups(who) && graceDays !== undefined && (
            <NumberInput
              aria-label="Days after joining"
              description="Counted for each person from the day they joined the group; they are reminded until then."
              value={graceDays}
              onChange={(next) => typeof next === 'number' && change({ graceDays: next })}
              min={1}
              max={365}
              allowDecimal={false}
              suffix=" days"
              maw={340}
            />
          )}
        </Stack>
      )}
    </Stack>
  )
}

const DAY_MS = 86_400_000
const two = (part: number) => String(part).padStart(2, '0')

/** `2026-12-01`, in the reader's zone, as the browser's date field has it. */
function dayOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
const startOfDay = (day: string): number => new Date(`${day}T00:00`).getTime()
const inDays = (days: number): string => dayOf(Date.now() + days * DAY_MS)
