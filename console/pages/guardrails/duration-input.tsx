import { Group, NumberInput, Select } from '@mantine/core'
import { useState } from 'react'
import { type DurationUnit, joinDuration, splitDuration } from './duration.ts'

const units: { value: DurationUnit; label: string }[] = [
  { value: 'minute', label: 'minutes' },
  { value: 'hour', label: 'hours' },
  { value: 'day', label: 'days' },
]

interface DurationInputProps {
  label: string
  seconds: number
  /** Bounds of the rule's form, in seconds. */
  least: number
  most: number
  onChange: (seconds: number) => void
}

/** So many minutes, hours or days. Keeps the unit that was chosen while the number is typed. */
export function DurationInput({ label, seconds, least, most, onChange }: DurationInputProps) {
  const [unit, setUnit] = useState(splitDuration(seconds).unit)
  const one = joinDuration(1, unit)
  const change = (many: number, next: DurationUnit) =>
    onChange(Math.min(most, Math.max(least, joinDuration(many || 1, next))))
  return (
    <Group gap="xs" align="flex-end">
      <NumberInput
        aria-label={label}
        value={seconds / one}
        onChange={(many) => change(Number(many), unit)}
        min={1}
        max={Math.floor(most / one)}
        clampBehavior="blur"
        decimalScale={2}
        w={100}
      />
      <Select
        aria-label={`${label}, in`}
        data={units}
        value={unit}
        onChange={(next) => {
          if (next === null) return
          setUnit(next)
          change(seconds / one, next)
        }}
        allowDeselect={false}
        w={120}
      />
    </Group>
  )
}
