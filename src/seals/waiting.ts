import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { type RequestState, stateOf } from './requests.ts'

export interface WaitedFor {
  row: SealRequestTable
  state: RequestState
}

export interface Waiting {
  /** Wakes whoever waits for these requests. Called once the transaction that answered them has committed. */
  answered(...ids: string[]): void
  /**
   * Resolves as soon as the request is no longer open, else as it stands after `forMs`, or when `signal` aborts;
   * undefined where there is none. `onLook` runs before each further look and may end the wait by throwing.
   */
  waitFor(
    id: Id<'srq'>,
    how: { forMs: number; signal: AbortSignal; onLook?: () => Promise<void> },
  ): Promise<WaitedFor | undefined>
}

/** Lets pages, pushes and programs go on the moment somebody taps elsewhere. Holds no state but who waits. */
export function createWaiting(parts: {
  database: Pick<Database, 'read'>
  now: () => number
  /** Another node may have answered, or whoever waits may have been signed out: both are seen no later than this. */
  lookAgainMs?: number
}): Waiting {
  const { database, now, lookAgainMs = 1_000 } = parts
  const waiters = new Map<string, Set<() => void>>()

  const look = async (id: Id<'srq'>): Promise<WaitedFor | undefined> => {
    const row = await database.read.selectFrom('sealRequest').selectAll().where('id', '=', id).executeTakeFirst()
    return row && { row, state: stateOf(row, now()) }
  }

  return {
    answered(...ids) {
      for (const id of ids) for (const wake of waiters.get(id) ?? []) wake()
    },

    async waitFor(id, { forMs, signal, onLook }) {
      const until = performance.now() + forMs
      for (;;) {
        // Listened for before looking, so that an answer in between is not slept through.
        using pause = listen(waiters, id, signal)
        const found = await look(id)
        const leftMs = until - performance.now()
        if (found?.state !== 'open' || leftMs <= 0 || signal.aborted) return found
        await pause.forAtMost(Math.min(leftMs, lookAgainMs))
        if (signal.aborted) return found
        await onLook?.()
      }
    },
  }
}

function listen(waiters: Map<string, Set<() => void>>, id: string, signal: AbortSignal) {
  const { promise, resolve: wake } = Promise.withResolvers<void>()
  const here = waiters.get(id) ?? new Set()
  waiters.set(id, here.add(wake))
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  let timer: NodeJS.Timeout | undefined
  return {
    async forAtMost(ms: number): Promise<void> {
      timer = setTimeout(wake, ms)
      await promise
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      here.delete(wake)
      if (here.size === 0 && waiters.get(id) === here) waiters.delete(id)
    },
  }
}
