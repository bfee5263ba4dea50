import rateLimit from '@fastify/rate-limit'

export interface OpenQuestions {
  /** Counts a question that a stranger asks. False where no more may be open just now. */
  open(id: string, address: string): boolean
  /** Somebody answered, and the program has heard of it. */
  close(id: string): void
}

/** Of one IPv4 address or IPv6 /64: a whole office that signs in at nine is answered within seconds each. */
const mostOfOne = 40
const mostOfAll = 20_000

/**
 * How many questions wait for an answer, so that strangers, who may ask without being known, do not fill the table of
 * them. Counted in memory per node; each lasts as long as its question does.
 */
export function createOpenQuestions({ lastsMs, now }: { lastsMs: number; now: () => number }): OpenQuestions {
  // The oldest come first: all last equally long.
  const questions = new Map<string, { block: string; until: number }>()
  const ofBlock = new Map<string, number>()

  function close(id: string): void {
    const known = questions.get(id)
    if (known === undefined) return
    questions.delete(id)
    const left = (ofBlock.get(known.block) ?? 0) - 1
    if (left > 0) ofBlock.set(known.block, left)
    else ofBlock.delete(known.block)
  }

  return {
    open(id, address) {
      const at = now()
      for (const [oldest, { until }] of questions) {
        if (until > at) break
        close(oldest)
      }
      if (questions.has(id)) return true
      const block = rateLimit.normalizeIP(address, 64)
      const mine = ofBlock.get(block) ?? 0
      if (mine >= mostOfOne || questions.size >= mostOfAll) return false
      questions.set(id, { block, until: at + lastsMs })
      ofBlock.set(block, mine + 1)
      return true
    },
    close,
  }
}
