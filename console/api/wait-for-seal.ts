import { api } from './client.ts'
import { hasCode } from './problem.ts'
import type { SealOutcome } from './shapes.ts'

/** Between short looks: while another tab holds the long one, or the server is away. */
const PAUSE_MS = 2_000

/**
 * Resolves when the request was sealed, refused, taken back or has expired. One tab of this browser holds a long poll,
 * known by a lock; the others look now and then, since each held request would cost all of them a connection.
 * Rejects when the server refuses to tell, or `signal` aborts.
 */
export async function waitForSeal(sealRequestId: string, signal: AbortSignal): Promise<SealOutcome> {
  const path = `/seal-requests/${encodeURIComponent(sealRequestId)}/wait`
  const look = (query: string) =>
    api.get<SealOutcome>(`${path}${query}`, { signal, isSignInOptional: true, isAwaited: true })
  for (;;) {
    const outcome = await navigator.locks
      .request('postern-waits', { ifAvailable: true }, (lock) => (lock ? look('') : look('?seconds=0')))
      .catch((error: unknown) => {
        if (hasCode(error, 'unreachable') && !signal.aborted) return null
        throw error
      })
    if (outcome && outcome.state !== 'open') return outcome
    await pause(PAUSE_MS, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      },
      { once: true },
    )
  })
}
