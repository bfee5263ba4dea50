const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** How long after each failed attempt the next one comes; the last of them again and again. */
const waitsMs = [10 * secondMs, minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 12 * hourMs]
/** A delivery is tried for so long. */
export const giveUpAfterMs = 3 * dayMs
/** A webhook that has only failed for so long is switched off. */
export const switchOffAfterMs = 5 * dayMs
/** What a receiver may ask for at most. */
const longestPauseMs = 12 * hourMs

/** @param tries attempts so far, 1 after the first */
export const waitAfter = (tries: number): number => waitsMs[Math.min(tries, waitsMs.length) - 1] ?? 12 * hourMs

/**
 * How long nothing else is sent to a receiver that just failed, so that one that hangs holds a place for one attempt now
 * and then, and not for each of the deliveries that wait. @param failures in a row, 1 after the first
 */
export const pauseAfter = (failures: number): number => waitsMs[Math.min(failures, 3) - 1] ?? 5 * minuteMs

/** RFC 9110 §10.2.3, seconds or a date; as milliseconds from now, at most 12 hours; 0 for what is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number {
  const text = value?.trim() ?? ''
  if (text === '') return 0
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * secondMs : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestPauseMs) : 0
}
