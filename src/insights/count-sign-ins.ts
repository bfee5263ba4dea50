import type { Strength } from '../database/schema.ts'
import { categories, type Category } from '../policy/category.ts'
import type { CountedEvent } from './read-events.ts'
import type { Insights, SignInRow, SignInTimeRow } from './shapes.ts'
import { createTimes, type Times } from './sign-in-times.ts'

/** Counts `session.started`: with what people came in, and how long it took them. */
export function countSignIns(): {
  add(event: CountedEvent): void
  read(): Pick<Insights, 'signIns' | 'timeToSignIn'>
} {
  const counted = new Map<string, SignInRow>()
  const all = createTimes()
  const byCategory = new Map<Category, Times>(categories.map((category) => [category, createTimes()]))
  let count = 0
  return {
    add({ method, strength, decision, facts: { sinceShownMs } }) {
      count += 1
      const category = categories.find((known) => known === decision?.category) ?? null
      const key = `${method} ${strength} ${category}`
      const row = counted.get(key)
      if (row === undefined) counted.set(key, { method, strength: strength as Strength, category, count: 1 })
      else row.count += 1
      if (typeof sinceShownMs !== 'number') return
      all.add(sinceShownMs)
      if (category !== null) byCategory.get(category)?.add(sinceShownMs)
    },
    read: () => ({
      signIns: { count, rows: [...counted.values()].sort((one, other) => other.count - one.count) },
      timeToSignIn: { rows: [renderTimes(null, all), ...[...byCategory].map((one) => renderTimes(...one))].flat() },
    }),
  }
}

const renderTimes = (category: Category | null, times: Times): SignInTimeRow[] =>
  times.count === 0
    ? []
    : [{ category, count: times.count, medianMs: times.percentile(0.5), p95Ms: times.percentile(0.95) }]
