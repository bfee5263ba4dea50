const steps: [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** "3 hours ago", "in 5 minutes", "just now"; rounded to the nearest. */
export function relativeTime(at: number, now: number): string {
  const distance = at - now
  for (const [unit, ms] of steps) {
    if (Math.abs(distance) >= ms) return words.format(Math.round(distance / ms), unit)
  }
  return distance > 0 ? 'in less than a minute' : 'just now'
}

const exactFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
/** In the reader's own zone and named as such: "21 Nov 2026, 23:52:28 UTC". */
export const exactTime = (at: number): string => exactFormat.format(at)
