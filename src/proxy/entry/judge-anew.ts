import type { Action } from '../../audit/actions.ts'
import type { EventFollower } from '../../audit/follow-events.ts'
import type { Bus } from '../../bus/bus.ts'

/** About an account whose groups changed; about nobody by name where a group itself did. */
export const GROUPS_CHANGED = 'groups-changed'

const ofOne: ReadonlySet<Action> = new Set<Action>([
  'group.member-added',
  'group.member-removed',
  'identity.groups-changed',
])
/** Whom a directory puts into groups comes by the thousand, and loses nothing: that is asked at the next look. */
const ofMany: ReadonlySet<Action> = new Set<Action>(['group.changed', 'group.deleted', 'directory.members-removed'])

/** Tells every node whose groups changed, so that what they have open in tools is judged anew at once. */
export const createGroupFollower =
  (bus: Pick<Bus, 'publish'>): EventFollower =>
  async (tx, { action, facts, at }) => {
    if (ofOne.has(action)) await bus.publish(tx, GROUPS_CHANGED, String(facts?.['personId'] ?? ''), at)
    else if (ofMany.has(action)) await bus.publish(tx, GROUPS_CHANGED, '', at)
  }
