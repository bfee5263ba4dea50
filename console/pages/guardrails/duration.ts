import { counted } from '../../ui/plain-words.ts'

const units = { day: 86_400, hour: 3600, minute: 60 } as const

export type DurationUnit = keyof typeof units

/** The largest unit that says it without a fraction. */
export function splitDuration(seconds: number): { many: number; unit: DurationUnit } {
  const unit = (Object.keys(units) as DurationUnit[]).find((name) => seconds % units[name] === 0) ?? 'minute'
  return { many: Math.round(seconds / units[unit]), unit }
}

export const joinDuration = (many: number, unit: DurationUnit): number => Math.round(many * units[unit])

/** "12 hours" */
export function durationWords(seconds: number): string {
  const { many, unit } = splitDuration(seconds)
  return counted(many, unit)
}
