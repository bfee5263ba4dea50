import type { DeployKeyTable } from '../../database/schema.ts'
import { invalid } from '../../http/problem.ts'
import type { Lifetime } from './shapes.ts'

export const dayMs = 24 * 3_600_000

/** How many days a key lives: as chosen, or until a new one is due and both have been good for long enough. */
export const daysOf = ({ expiresInDays, rotation }: Lifetime): number =>
  rotation === null ? (expiresInDays ?? 0) : rotation.everyDays + rotation.overlapDays

/** @throws 422 where it names neither an end nor a rotation, both, or more days than the organisation allows */
export function checkLifetime(lifetime: Lifetime, mostDays: number): void {
  const { expiresInDays, rotation } = lifetime
  if ((expiresInDays === null) === (rotation === null))
    throw invalid('expiresInDays', 'Say either in how many days the key ends, or how often a new one takes its place.')
  const days = daysOf(lifetime)
  const field = rotation === null ? 'expiresInDays' : 'rotation'
  if (days > mostDays)
    throw invalid(field, `A deploy key lives ${mostDays} days at most here, and this would be ${days}.`)
}

type Timed = Pick<DeployKeyTable, 'createdAt' | 'rotateEveryDays' | 'overlapDays' | 'successorId'>

/** When a new key is due in its place; null where none is, or where one is there already. */
export const dueAt = ({ createdAt, rotateEveryDays, successorId }: Timed): number | null =>
  rotateEveryDays === null || successorId !== null ? null : createdAt + rotateEveryDays * dayMs

const warnings = [14, 7, 1] as const

/**
 * Of which warning it is time: so many days before the end, and none that was due before the end was settled. Undefined
 * where there is nothing to say that has not been said.
 */
export function warningOf(
  { expiresAt, expirySetAt, warnedDays }: { expiresAt: number; expirySetAt: number; warnedDays: number | null },
  at: number,
): number | undefined {
  if (at >= expiresAt) return undefined
  const next = warnings.findLast((days) => at >= expiresAt - days * dayMs)
  if (next === undefined || expirySetAt > expiresAt - next * dayMs) return undefined
  return warnedDays !== null && warnedDays <= next ? undefined : next
}
