import { api } from '../../api/client.ts'
import { makeProblem, ProblemError } from '../../api/problem.ts'
import { saveFile } from '../../save-file.ts'
import { auditQuery } from './audit-query.ts'

export interface ExportProgress {
  done: number
  total: number
}

/**
 * Asks for the events of these days, in the reader's zone, and saves them as they are sent. Resolves with how many came.
 * @throws where the connection broke before the last one
 */
export async function exportLedger(
  days: { from: string; to: string },
  { onProgress, signal }: { onProgress: (progress: ExportProgress) => void; signal: AbortSignal },
): Promise<number> {
  // The server's clock says what now is.
  const { from = '0', to = latestTime } = auditQuery(days)
  const answer = await api.stream('/audit/export', { from: Number(from), to: Number(to) }, { signal })
  const total = Number(answer.headers.get('postern-event-count'))
  let done = 0
  onProgress({ done, total })
  const counted = answer.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        for (const byte of chunk) if (byte === newline) done += 1
        onProgress({ done, total })
        controller.enqueue(chunk)
      },
    }),
  )
  // The browser keeps a large answer on its disk.
  const file = await new Response(counted ?? null).blob().catch(() => null)
  if (file === null || done < total) throw cutShort()
  saveFile(file, `postern-ledger${days.from && `-from-${days.from}`}${days.to && `-to-${days.to}`}.ndjson`)
  return done
}

const newline = 0x0a
/** The last moment there is, ECMA-262 §21.4.1.1. */
const latestTime = '8640000000000000'

const cutShort = () =>
  new ProblemError(
    makeProblem(
      'cut-short',
      'The export broke off before its end',
      'Nothing was saved. Check your connection and start it again.',
    ),
  )
