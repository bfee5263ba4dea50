import { Checkbox, Radio, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RuleRequirement } from '../../api/shapes.ts'
import { isOnlySsh, sshStrengthWords, strengthWords } from '../../ui/strength-words.ts'
import type { Part } from './act-parts.ts'
import { FoldOnPhone } from '../../ui/fold-on-phone.tsx'
import { capital } from '../../ui/plain-words.ts'
import { FormKeys } from './form-keys.tsx'
import { FormLimits } from './form-limits.tsx'
import { NetworksInput } from './form-where.tsx'

interface FormAsksProps {
  requires: RuleRequirement
  does: readonly string[]
  parts: ReadonlySet<Part>
  onChange: (requires: RuleRequirement) => void
  error?: ReactNode
}

const strengths = ['passkey', 'device-bound', 'attested'] as const
const overSsh = ['passkey', 'attested'] as const

/** What must be proven. Parts that the chosen acts do not have are not there. */
export function FormAsks({ requires, does, parts, onChange, error }: FormAsksProps) {
  return (
    <Stack gap="lg">
      {parts.has('strength') && isOnlySsh(does) && <StrengthOverSsh requires={requires} onChange={onChange} />}
      {parts.has('strength') && !isOnlySsh(does) && (
        <Radio.Group
          label="At least"
          value={requires.strength ?? 'passkey'}
          onChange={(strength) => onChange({ ...requires, strength })}
        >
          <Stack gap="xs" mt="xs">
            {strengths.map((strength) => (
              <Radio
                key={strength}
                value={strength}
                label={capital(strengthWords[strength])}
                {...(strength === 'passkey' ? { description: 'What everybody needs anyway' } : {})}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {(parts.has('models') || parts.has('networks')) && (
        <FoldOnPhone
          label={parts.has('models') ? 'Only certain keys or networks' : 'Only certain networks'}
          isUsed={[requires.models?.allow, requires.models?.deny, requires.networks].some((list) => list?.length)}
        >
          <Stack gap="lg">
            {parts.has('models') && (
              <FormKeys models={requires.models ?? {}} onChange={(models) => onChange({ ...requires, models })} />
            )}
            {parts.has('networks') && (
              <NetworksInput
                label="Only from these networks"
                description="Addresses or ranges such as 192.0.2.0/24. From elsewhere they are refused"
                placeholder="Anywhere"
                value={requires.networks ?? []}
                onChange={(networks) => onChange({ ...requires, networks })}
              />
            )}
          </Stack>
        </FoldOnPhone>
      )}
      <FormLimits requires={requires} parts={parts} onChange={onChange} />
      {parts.has('people') && (
        <Checkbox
          label="A second administrator must tap too"
          description="The change waits in their inbox until one of them agrees"
          checked={requires.people === 2}
          onChange={({ currentTarget: { checked } }) => {
            const { people: _, ...rest } = requires
            onChange(checked ? { ...rest, people: 2 } : rest)
          }}
        />
      )}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}

/** Nothing is asked of everybody there already, so one can ask for nothing. */
function StrengthOverSsh({ requires, onChange }: Pick<FormAsksProps, 'requires' | 'onChange'>) {
  const { strength = 'any', ...others } = requires
  const choose = (value: string): void => {
    const asked = overSsh.find((one) => one === value)
    onChange(asked === undefined ? others : { ...others, strength: asked })
  }
  return (
    <Radio.Group label="At least" value={strength} onChange={choose}>
      <Stack gap="xs" mt="xs">
        <Radio value="any" label="Any SSH key" />
        {overSsh.map((one) => (
          <Radio key={one} value={one} label={capital(sshStrengthWords[one])} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
