import rateLimit from '@fastify/rate-limit'

export interface OpenQuestions {
  /** Counts a question that a stranger asks. False where no more may be open just now. */
  open(id: string, address: string): boolean
  /** Somebody answered, and the program has heard of it. */
  close(id: string): void
  /** What has been open of one address for so long. */
  listOf(address: string, forMs: number): string[]
}

/** Of one IPv4 address or IPv6 /64: a whole office that signs in at nine is answered within seconds each. */
const usualMostOfOne = 40
const usualMostOfAll = 20_000

/** The last third is kept for addresses that ask little, so that a few floods do not shut the door on everybody else. */
const keptForQuiet = 1 / 3
const quietShare = 1 / 20

/**
 * How many questions wait for an answer, so that strangers, who may ask without being known, do not fill the table of
 * them. Counted in memory per node; each lasts as long as its question does.
 */
export function createOpenQuestions({
  lastsMs,
  now,
  mostOfOne = usualMostOfOne,
  mostOfAll = usualMostOfAll,
}: {
  lastsMs: number
  now: () => number
  mostOfOne?: number
  mostOfAll?: number
}): OpenQuestions {
  // The oldest come first: all last equally long.
  const questions = new Map<string, { block: string; until: number }>()
  const ofBlock = new Map<string, Set<string>>()

  function close(id: string): void {
    const known = questions.get(id)
    if (known === undefined) return
    questions.delete(id)
    const others = ofBlock.get(known.block)
    others?.delete(id)
    if (others?.size === 0) ofBlock.delete(known.block)
  }

  return {
    open(id, address) {
      const at = now()
      for (const [oldest, { until }] of questions) {
        if (until > at) break
        close(oldest)
      }
      if (questions.has(id)) return true
      const block = blockOf(address)
      const mine = ofBlock.get(block) ?? new Set()
      const mostNow = mine.size < mostOfOne * quietShare ? mostOfAll : mostOfAll * (1 - keptForQuiet)
      if (mine.size >= mostOfOne || questions.size >= mostNow) return false
      questions.set(id, { block, until: at + lastsMs })
      ofBlock.set(block, mine.add(id))
      return true
    },
    close,
    listOf(address, forMs) {
      const latest = now() - forMs + lastsMs
      return [...(ofBlock.get(blockOf(address)) ?? [])].filter((id) => (questions.get(id)?.until ?? 0) <= latest)
    },
  }
}

const blockOf = (address: string): string => rateLimit.normalizeIP(address, 64)
