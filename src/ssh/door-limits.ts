import rateLimit from '@fastify/rate-limit'

export interface DoorLimits {
  /** Undefined where no more may come in just now. */
  enter(address: string, evict: () => void): DoorPlace | undefined
  /** One question of a stranger: a key asked about, or a signature to check. False where there were too many. */
  mayAsk(address: string): boolean
}

interface DoorPlace {
  /** Once it is known who came; false where they have as many connections as one account may. */
  admitted(guest: DoorGuest): boolean
  /** Once they are gone. */
  left(): void
}

export interface DoorGuest {
  accountId: string
  isBusy: () => boolean
}

/** How many connections one account may have open: whoever fetches in parallel from many machines has some dozens. */
export const mostOfOneAccount = 100
/** How many connections may be open that have not proven anything yet: of one address block, and of all. */
const mostStrangersOfOne = 100
const mostStrangers = 500
/** Each holds a socket and a few kilobytes. */
const mostOpen = 5_000
const windowMs = 60_000
const mostRemembered = 5_000
/** A login with an agent full of keys asks about several, then signs once. */
const questionsPerConnection = 5

/**
 * Who may connect, counted in memory per node: connections a minute from one address block, as many as sign-ins,
 * connections on which nobody has proven anything, and those of one account. Where places are full, the oldest of whoever
 * has most makes room, so that a flood shuts out itself; of those who are in, one on which nothing runs.
 */
export function createDoorLimits(parts: { perAddress: number; now: () => number; onRefused: () => void }): DoorLimits {
  const { perAddress, now, onRefused } = parts
  const strangers = new Map<string, Set<() => void>>()
  const guests = new Map<string, Map<() => void, DoorGuest>>()
  const connects = createCounter(perAddress, now)
  const questions = createCounter(perAddress * questionsPerConnection, now)
  let waiting = 0
  let open = 0

  function makeRoomOfStrangers(): void {
    let most: Set<() => void> | undefined
    for (const each of strangers.values()) if (each.size > (most?.size ?? 0)) most = each
    const [oldest] = most ?? []
    oldest?.()
  }

  /** False where something runs on each. */
  function makeRoomOfGuests(): boolean {
    for (const own of [...guests.values()].sort((one, other) => other.size - one.size))
      for (const [evict, guest] of own)
        if (!guest.isBusy()) {
          forget(evict, guest)
          evict()
          return true
        }
    return false
  }

  function forget(evict: () => void, { accountId }: DoorGuest): void {
    const own = guests.get(accountId)
    own?.delete(evict)
    if (own?.size === 0) guests.delete(accountId)
  }

  return {
    enter(address, evict) {
      const block = blockOf(address)
      const own = strangers.get(block) ?? new Set()
      if (own.size >= mostStrangersOfOne || !connects(block) || (open >= mostOpen && !makeRoomOfGuests())) {
        onRefused()
        return undefined
      }
      open += 1
      waiting += 1
      strangers.set(block, own.add(evict))
      let isHere = true
      let guest: DoorGuest | undefined
      const isNoGuest = (): void => {
        if (guest !== undefined) forget(evict, guest)
        guest = undefined
      }
      const isNoStranger = (): void => {
        if (!own.delete(evict)) return
        waiting -= 1
        if (own.size === 0) strangers.delete(block)
      }
      if (waiting > mostStrangers) makeRoomOfStrangers()
      return {
        admitted(known) {
          // Of two proofs sent at once, the later counts.
          isNoGuest()
          const theirs = guests.get(known.accountId) ?? new Map<() => void, DoorGuest>()
          if (!isHere || theirs.size >= mostOfOneAccount) {
            onRefused()
            return false
          }
          guest = known
          guests.set(known.accountId, theirs.set(evict, known))
          isNoStranger()
          return true
        },
        left() {
          isHere = false
          isNoStranger()
          isNoGuest()
          open -= 1
        },
      }
    },
    mayAsk(address) {
      const may = questions(blockOf(address))
      if (!may) onRefused()
      return may
    },
  }
}

/** Counts in windows of a minute; it remembers the address blocks that came last, and forgets rather than grows. */
function createCounter(most: number, now: () => number): (block: string) => boolean {
  const counts = new Map<string, { from: number; count: number }>()
  return (block) => {
    const at = now()
    let here = counts.get(block)
    // A clock that was set back must not keep a window open for hours.
    if (here === undefined || at < here.from || at - here.from >= windowMs) here = { from: at, count: 0 }
    here.count += 1
    counts.delete(block)
    counts.set(block, here)
    const [oldest] = counts.keys()
    if (counts.size > mostRemembered && oldest !== undefined) counts.delete(oldest)
    return here.count <= most
  }
}

/** An IPv4 address, or the /64 that one IPv6 customer has. */
const blockOf = (address: string): string => rateLimit.normalizeIP(address, 64)
