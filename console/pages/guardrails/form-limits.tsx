import { Checkbox, NumberInput, Stack } from '@mantine/core'
import type { RuleRequirement } from '../../api/shapes.ts'
import type { Part } from './act-parts.ts'
import { DurationInput } from './duration-input.tsx'

interface FormLimitsProps {
  requires: RuleRequirement
  parts: ReadonlySet<Part>
  onChange: (requires: RuleRequirement) => void
}

const limits = [
  { part: 'sessionIdleSeconds', label: 'Sign out after a time without use', least: 60, most: 2_592_000, first: 3600 },
  {
    part: 'sessionAbsoluteSeconds',
    label: 'Sign out a time after signing in',
    least: 900,
    most: 7_776_000,
    first: 43_200,
  },
  {
    part: 'freshnessSeconds',
    label: 'Ask for a tap again when the last one is older than',
    least: 60,
    most: 2_592_000,
    first: 28_800,
  },
] as const

/** How long sessions and tokens live: each limit is off until it is ticked. */
export const FormLimits = ({ requires, parts, onChange }: FormLimitsProps) => (
  <>
    {parts.has('eachTap') && (
      <Checkbox
        label="Ask for a tap each time"
        description="A push waits in the terminal until its person taps for exactly these commits"
        checked={requires.freshnessSeconds === 0}
        onChange={({ currentTarget: { checked } }) =>
          onChange(withPart(requires, 'freshnessSeconds', checked ? 0 : undefined))
        }
      />
    )}
    {limits
      .filter(({ part }) => parts.has(part) && requires[part] !== 0)
      .map(({ part, label, least, most, first }) => (
        <Stack key={part} gap="xs">
          <Checkbox
            label={label}
            checked={requires[part] !== undefined}
            onChange={({ currentTarget: { checked } }) =>
              onChange(withPart(requires, part, checked ? first : undefined))
            }
          />
          {requires[part] !== undefined && (
            <DurationInput
              label={label}
              seconds={requires[part]}
              least={least}
              most={most}
              onChange={(seconds) => onChange(withPart(requires, part, seconds))}
            />
          )}
        </Stack>
      ))}
    {parts.has('tokenLifetimeDays') && (
      <Stack gap="xs">
        <Checkbox
          label="API tokens end after some days"
          description="Tokens that are older already are refused too"
          checked={requires.tokenLifetimeDays !== undefined}
          onChange={({ currentTarget: { checked } }) =>
            onChange(withPart(requires, 'tokenLifetimeDays', checked ? 90 : undefined))
          }
        />
        {requires.tokenLifetimeDays !== undefined && (
          <NumberInput
            aria-label="Days a token may live"
            value={requires.tokenLifetimeDays}
            onChange={(days) => onChange(withPart(requires, 'tokenLifetimeDays', Math.min(365, Number(days) || 1)))}
            min={1}
            max={365}
            allowDecimal={false}
            suffix=" days"
            w={140}
          />
        )}
      </Stack>
    )}
  </>
)

function withPart(requires: RuleRequirement, part: keyof RuleRequirement, value: number | undefined): RuleRequirement {
  const { [part]: _, ...rest } = requires
  return value === undefined ? rest : { ...rest, [part]: value }
}
