/** RFC 3339, UTC, whole seconds: the only form of time in statements, entries and records. */
export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/** Drops the milliseconds. */
export function renderTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Seconds since 1970, or undefined for what is not a time: `2026-02-30` is none. */
export function parseTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined
  const milliseconds = Date.parse(text)
  // What the calendar does not have rolls over into the next day.
  const isReal = new Date(milliseconds).getUTCDate() === Number(text.slice(8, 10))
  return isReal ? milliseconds / 1000 : undefined
}
