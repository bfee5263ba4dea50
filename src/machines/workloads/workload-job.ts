import type { TrustParts } from './trust-parts.ts'
import { endUnkeptTrusts } from './unkept.ts'

const minuteMs = 60_000

/** Looks every minute for pipelines that nobody has kept in time. */
export function createWorkloadJob({
  now,
  onError,
  ...parts
}: TrustParts & { now: () => number; onError: (error: unknown) => void }): { start(): void; close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  const look = (): void => {
    working = working.then(() => endUnkeptTrusts(parts, now())).catch(onError)
  }
  return {
    start() {
      timer = setInterval(look, minuteMs).unref()
      look()
    },
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
