import rateLimit from '@fastify/rate-limit'

export interface DoorLimits {
  /** Undefined where no more may come in just now; otherwise what to call once they are in, and once they are gone. */
  enter(address: string, evict: () => void): { admitted: () => void; left: () => void } | undefined
  /** One question of a stranger: a key asked about, or a signature to check. False where there were too many. */
  mayAsk(address: string): boolean
}

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
 * Who may connect, counted in memory per node: connections a minute from one address block, as many as sign-ins, and
 * connections on which nobody has proven anything. Where those are full, the oldest of whoever has most makes room, so
 * that a flood shuts out itself.
 */
export function createDoorLimits(parts: { perAddress: number; now: () => number; onRefused: () => void }): DoorLimits {
  const { perAddress, now, onRefused } = parts
  const strangers = new Map<string, Set<() => void>>()
  const connects = createCounter(perAddress, now)
  const questions = createCounter(perAddress * questionsPerConnection, now)
  let waiting = 0
  let open = 0

  function makeRoom(): void {
    let most: Set<() => void> | undefined
    for (const each of strangers.values()) if (each.size > (most?.size ?? 0)) most = each
    const [oldest] = most ?? []
    oldest?.()
  }

  return {
    enter(address, evict) {
      const block = blockOf(address)
      const own = strangers.get(block) ?? new Set()
      if (open >= mostOpen || own.size >= mostStrangersOfOne || !connects(block)) {
        onRefused()
        return undefined
      }
      open += 1
      waiting += 1
      strangers.set(block, own.add(evict))
      const admitted = (): void => {
        if (!own.delete(evict)) return
        waiting -= 1
        if (own.size === 0) strangers.delete(block)
      }
      if (waiting > mostStrangers) makeRoom()
      return {
        admitted,
        left() {
          admitted()
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
    if (here === undefined || at - here.from >= windowMs) here = { from: at, count: 0 }
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
