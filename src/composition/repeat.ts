/** What starts with the server and is closed before it ends. */
export interface Job {
  start(): void
  /** Waits for what is under way. */
  close(): Promise<void>
}

/**
 * Does something at the start and then every so often, one run at a time. One that fails is told of, and keeps nobody from
 * the next.
 */
export function repeat(everyMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Job {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<unknown> | undefined
  const run = async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(error)
    }
  }
  const look = (): void => {
    working ??= run().finally(() => (working = undefined))
  }
  return {
    start() {
      timer = setInterval(look, everyMs).unref()
      look()
    },
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
