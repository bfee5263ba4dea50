import type { Db } from '../../database/handles.ts'
import { invalid } from '../../http/problem.ts'
import { getSetting } from '../settings.ts'

const dayMs = 86_400_000

/**
 * When a guest's access ends: as asked for, else after the days that the organisation has set, which is also the most
 * that can be asked for. @throws 422
 */
export async function getGuestEnd(db: Db<'setting'>, wanted: number | undefined, at: number): Promise<number> {
  const days = await getSetting(db, 'guestDays')
  const latest = at + days * dayMs
  if (wanted === undefined) return latest
  if (wanted <= at) throw invalid('endsAt', 'This day has passed. Choose a later one.')
  // A day picked in a page ends in the time zone of whoever picks it.
  if (wanted > latest + dayMs)
    throw invalid('endsAt', `A guest is here for ${days} days at most; an owner can set that differently.`)
  return wanted
}
