import type { Attestation } from './attestation.ts'
import { fetchMetadata } from './fetch-metadata.ts'
import { dayMs } from './import-metadata.ts'

export interface MetadataSchedule {
  /** Where it is fetched from; undefined where it is not. */
  readonly url: URL | undefined
  /** Why the last attempt of this process failed; undefined once one succeeds. */
  readonly lastError: { at: number; sentence: string } | undefined
  start(): void
  /** Fetches once, now. Never throws: what went wrong is logged, and stands in `lastError`. */
  fetchNow(): Promise<void>
  close(): Promise<void>
}

const hourMs = 3_600_000
/** So that a restart does not fetch before the server has settled. */
const firstDelayMs = 10_000

/** Fetches metadata each day, and on the day a new one is promised; nothing at all where no address is set. */
export function createMetadataSchedule(parts: {
  url: URL | undefined
  attestation: Pick<Attestation, 'importBlob' | 'findState'>
  now: () => number
  onError: (error: unknown) => void
}): MetadataSchedule {
  const { url, attestation, now } = parts
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let lastError: MetadataSchedule['lastError']

  async function fetchNow(): Promise<void> {
    if (url === undefined) return
    try {
      await attestation.importBlob(await fetchMetadata(url, stopping.signal), { source: url.host })
      lastError = undefined
    } catch (error) {
      if (stopping.signal.aborted) return
      lastError = { at: now(), sentence: error instanceof Error ? error.message : 'It could not be fetched.' }
      parts.onError(error)
    }
  }

  function wait(ms: number): void {
    if (stopping.signal.aborted) return
    timer = setTimeout(() => {
      running = turn()
    }, ms)
    timer.unref()
  }

  async function turn(): Promise<void> {
    await fetchNow()
    const state = await attestation.findState().catch(() => undefined)
    wait(delayUntilNext({ nextUpdate: state?.nextUpdate, hasFailed: lastError !== undefined, now: now() }))
  }

  return {
    url,
    get lastError() {
      return lastError
    },
    fetchNow,
    start() {
      if (url !== undefined) wait(firstDelayMs)
    },
    async close() {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}

/**
 * A day, or until the day a new blob is promised if that is sooner, or an hour after a failure; spread over half an
 * hour so that not every instance asks at once.
 */
export function delayUntilNext(given: { nextUpdate: number | undefined; hasFailed: boolean; now: number }): number {
  const spread = Math.random() * (hourMs / 2)
  if (given.hasFailed) return hourMs + spread
  const untilNew = (given.nextUpdate ?? Number.POSITIVE_INFINITY) - given.now
  return Math.max(hourMs, Math.min(dayMs, untilNew)) + spread
}
