import type { Database } from '../../database/handles.ts'
import type { DirectoryConnection } from './find-connection.ts'

const minuteMs = 60_000

/**
 * Keeps when a connection last asked for something, at most once a minute, and what it was last refused with: `error` is
 * a sentence for whoever looks after the directory, null where all went well. That something is not found is no error:
 * directories ask before they create.
 */
export async function noteRequest(
  database: Pick<Database, 'write'>,
  connection: Pick<DirectoryConnection, 'id' | 'lastRequestAt' | 'lastError' | 'lastErrorAt'>,
  { error, at }: { error: string | null; at: number },
): Promise<void> {
  const isOlder = (then: number | null): boolean => then === null || at - then >= minuteMs
  const isNewError = error !== null && (error !== connection.lastError || isOlder(connection.lastErrorAt))
  if (!isNewError && !isOlder(connection.lastRequestAt)) return
  await database.write((tx) =>
    tx
      .updateTable('directoryConnection')
      .set({ lastRequestAt: at, ...(error === null ? {} : { lastError: error.slice(0, 500), lastErrorAt: at }) })
      .where('id', '=', connection.id)
      .execute(),
  )
}
