const passedOn = ['event', 'actor', 'action', 'target', 'repository', 'method', 'strength', 'outcome'] as const

export type AuditFilterName = (typeof passedOn)[number] | 'from' | 'to'

const DAY_MS = 86_400_000

/**
 * The page's query string as the API wants it. Days (`2026-11-21`, in the reader's zone) become milliseconds; `to`
 * includes its whole day. What is neither is left out.
 */
export function auditQuery(query: Record<string, string | undefined>): Record<string, string> {
  const wanted: Record<string, string> = {}
  for (const name of passedOn) {
    const value = query[name]
    if (value) wanted[name] = value
  }
  const from = startOfDay(query['from'])
  const to = startOfDay(query['to'])
  if (from !== null) wanted['from'] = String(from)
  if (to !== null) wanted['to'] = String(to + DAY_MS - 1)
  return wanted
}

function startOfDay(day: string | undefined): number | null {
  if (!day || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null
  const at = new Date(`${day}T00:00`).getTime()
  return Number.isNaN(at) ? null : at
}
