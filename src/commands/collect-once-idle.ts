import { performance } from 'node:perf_hooks'

/** What the event loop may have worked of a while for the server to count as idle. */
const IDLE = 0.1

/**
 * Gives back what starting left behind, in the first second in which nobody asks for much: some thousand modules leave a
 * quarter of an idle server's memory, which V8 would keep. It stops everything for a tenth of a second, once.
 */
export function collectOnceIdle(collect: () => unknown = collectGarbage, whileMs = 1000): Disposable {
  let before = performance.eventLoopUtilization()
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (utilization > IDLE) return
    clearInterval(timer)
    // A Node without its inspector keeps the memory; that is no reason to stop.
    Promise.try(collect).catch(() => {})
  }, whileMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** The collection that debuggers ask for: as if memory were short, so that V8 lets go of what it holds in reserve too. */
export async function collectGarbage(): Promise<void> {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.collectGarbage').finally(() => session.disconnect())
}
