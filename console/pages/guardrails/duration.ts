const units = { day: 86_400, hour: 3600, minute: 60 } as const

export type DurationUnit = keyof typeof units

/** The largest unit that says it without a fraction. */
export function splitDuration(seconds: number): { many: number; unit: DurationUnit } {
  const unit = (Object.keys(units) as DurationUnit[]).find((name) => seconds % units[name] === 0) ?? 'minute'
  return { many: Math.round(seconds / units[unit]), unit }
}

export const joinDuration = (many: number, unit: DurationUnit): number => Math.round(many * units[unit])

export const counted = (many: number, unit: string): string => `${many.toLocaleString('en')} ${unit}${many === 1 ? '' : 's'}`

/** "12 hours" */
export function durationWords(seconds: number): string {
  const { many, unit } = splitDuration(seconds)
  return counted(many, unit)
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' })
/** "1 December 2026", in the reader's zone. */
export const dayWords = (at: number): string => dayFormat.format(at)
