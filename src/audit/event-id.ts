import { type Id, newId } from '../database/id.ts'

let recorded = 0

/** Events are ordered by id: their time, then a counter within one millisecond, then randomness against other nodes. */
export function newEventId(at: number): Id<'evt'> {
  recorded = (recorded + 1) % 36 ** 4
  const random = newId('evt').slice(4, 16)
  return `${firstEventIdAt(at)}${recorded.toString(36).padStart(4, '0')}${random}`
}

/** No event of this millisecond, or of a later one, has a smaller id. */
export const firstEventIdAt = (at: number): Id<'evt'> => `evt_${Math.min(at, latest).toString(36).padStart(9, '0')}`

const latest = 36 ** 9 - 1
