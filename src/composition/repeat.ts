/** What starts with the server and is closed before it ends. */
export interface Job {
  start(): void
  /** Waits for what is under way. */
  close(): Promise<void>
}

export interface Repeated extends Job {
  /** Does it now as well; once more where it is at it. */
  stir(): void
}

/**
 * Does something at the start and then every so often, one run at a time. One that fails is told of, and keeps nobody from
 * the next.
 */
export function repeat(everyMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Repeated {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<unknown> | undefined
  let isStirred = false
  let isClosed = false
  const run = async (): Promise<void> => {
    do {
      isStirred = false
      try {
        await work()
      } catch (error) {
        onError(error)
      }
    } while (isStirred && !isClosed)
  }
  const look = (): void => {
    working ??= run().finally(() => (working = undefined))
  }
  return {
    start() {
      timer = setInterval(look, everyMs).unref()
      look()
    },
    stir() {
      if (isClosed) return
      isStirred = working !== undefined
      look()
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await working
    },
  }
}
