import { Anchor, Select } from '@mantine/core'
import { useState } from 'react'
import type { PasskeyHint } from '../api/shapes.ts'

export type Where = PasskeyHint | 'any'

const places: { value: Where; label: string }[] = [
  { value: 'any', label: 'Let my browser ask' },
  { value: 'client-device', label: 'On this device' },
  { value: 'hybrid', label: 'On my phone' },
  { value: 'security-key', label: 'On a security key' },
]

interface WhereChoiceProps {
  value: Where
  onChange: (where: Where) => void
}

/** Where a new passkey should live, folded away: the browser is told what to look for first, any key may still answer. */
export function WhereChoice({ value, onChange }: WhereChoiceProps) {
  const [isOpen, setOpen] = useState(false)
  if (!isOpen)
    return (
      <div>
        <Anchor component="button" type="button" size="sm" onClick={() => setOpen(true)}>
          On my phone or a security key instead
        </Anchor>
      </div>
    )
  return (
    <Select
      label="Where it should live"
      data={places}
      allowDeselect={false}
      value={value}
      onChange={(where) => onChange(where ?? 'any')}
      comboboxProps={{ withinPortal: true }}
    />
  )
}

export const hintOf = (where: Where): { hint?: PasskeyHint } => (where === 'any' ? {} : { hint: where })
