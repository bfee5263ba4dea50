import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { recordEvent } from '../audit/record.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryImportTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { onOwnBehalf } from '../repositories/on-behalf.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { Progress } from './git-progress.ts'
import { createStreamShares } from '../repositories/stream-shares.ts'
import { discardImport, runImport, type RunParts } from './run-import.ts'

export interface Imports {
  /** Marks what a former process left half done, and looks for work from now on. */
  start(): Promise<void>
  /** Something new waits. */
  wake(): void
  /** Ends it, wherever it runs; where nothing has landed, the repository is gone afterwards. @throws 409 when it is done */
  cancel(caller: Caller, place: RepositoryPlace, row: RepositoryImportTable): Promise<void>
  close(): Promise<void>
}

const lookEveryMs = 2_000
const beatEveryMs = 1_000
// A node that has not written for so long is gone.
const staleMs = 60_000
/** One person may have two, another one more: other servers may drip for hours, and a third person finds a place still. */
const atOnce = 4
const keepPasswordMs = 7 * 24 * 3_600_000

/** Works on imports in the background: four at once on each node, each import on one node. */
export function createImports(parts: RunParts): Imports {
  const { database, now, log } = parts
  const folder = join(parts.root, 'imports')
  const running = new Map<Id<'imp'>, { stop: AbortController; ended: Promise<void>; by: Id<'usr'> }>()
  const shares = createStreamShares(atOnce, 'long')
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  const stagingOf = (id: Id<'imp'>): string => join(folder, `${id}.git`)

  async function look(): Promise<void> {
    await interruptStale()
    while (!closing.signal.aborted && running.size < atOnce) {
      const row = await take()
      if (row === undefined) return
      const stop = new AbortController()
      const ended = onOwnBehalf(() => work(row, stop.signal))
        .catch((error: unknown) => log(error, 'an import'))
        .finally(() => {
          running.delete(row.id)
          shares.count({ account: row.createdBy }, -1)
          wake()
        })
      running.set(row.id, { stop, ended, by: row.createdBy })
      shares.count({ account: row.createdBy }, 1)
    }
  }

  async function take(): Promise<RepositoryImportTable | undefined> {
    const busy = [...new Set([...running.values()].map(({ by }) => by))].filter((by) => shares.isFull({ account: by }))
    for (;;) {
      const waiting = await database.read
        .selectFrom('repositoryImport')
        .select('id')
        .where('state', '=', 'waiting')
        .$if(busy.length > 0, (query) => query.where('createdBy', 'not in', busy))
        .orderBy('createdAt')
        .limit(1)
        .executeTakeFirst()
      if (waiting === undefined) return undefined
      const at = now()
      const taken = await database.write((tx) =>
        tx
          .updateTable('repositoryImport')
          .set({ state: 'running', startedAt: at, beatAt: at })
          .where('id', '=', waiting.id)
          .where('state', '=', 'waiting')
          .returningAll()
          .executeTakeFirst(),
      )
      if (taken !== undefined) return taken
    }
  }

  async function work(row: RepositoryImportTable, stopped: AbortSignal): Promise<void> {
    const cancelled = new AbortController()
    const signal = AbortSignal.any([stopped, cancelled.signal, closing.signal])
    let progress: Partial<Progress> = { phase: 'connecting' }
    const beat = async (): Promise<void> => {
      const { numUpdatedRows } = await database.write((tx) =>
        tx
          .updateTable('repositoryImport')
          .set({ ...progress, beatAt: now() })
          .where('id', '=', row.id)
          .where('state', '=', 'running')
          .where('isCancelled', '=', 0)
          .executeTakeFirst(),
      )
      // Cancelled, perhaps on another node; or its repository is gone.
      if (Number(numUpdatedRows) === 0) cancelled.abort()
    }
    let beating = Promise.resolve()
    const timer = setInterval(() => {
      beating = beating.then(beat).catch((error: unknown) => log(error, 'an import’s progress'))
    }, beatEveryMs)
    try {
      await runImport(parts, row, {
        staging: stagingOf(row.id),
        signal,
        onProgress: (more) => (progress = { ...progress, ...more }),
      })
    } finally {
      clearInterval(timer)
      await beating
    }
    const left = await find(row.id)
    if (left?.isCancelled === 1) await discardImport(parts, left)
    else if (signal.aborted) await interrupt(row.id)
  }

  const find = (id: Id<'imp'>) =>
    database.read.selectFrom('repositoryImport').selectAll().where('id', '=', id).executeTakeFirst()

  const interrupt = (id?: Id<'imp'>): Promise<unknown> =>
    database.write((tx) => {
      const at = now()
      const interrupted = tx
        .updateTable('repositoryImport')
        .set({ state: 'interrupted', finishedAt: at })
        .where('state', '=', 'running')
      return (
        id === undefined ? interrupted.where('beatAt', '<', at - staleMs) : interrupted.where('id', '=', id)
      ).execute()
    })

  async function interruptStale(): Promise<void> {
    const stale = await database.read
      .selectFrom('repositoryImport')
      .select('id')
      .where('state', '=', 'running')
      .where('beatAt', '<', now() - staleMs)
      .executeTakeFirst()
    if (stale !== undefined) await interrupt()
    await forgetPasswords()
  }

  /** Of what nobody tried again for long. */
  async function forgetPasswords(): Promise<void> {
    const before = now() - keepPasswordMs
    const old = await database.read
      .selectFrom('repositoryImport')
      .select('id')
      .where('passwordBox', 'is not', null)
      .where('finishedAt', '<', before)
      .executeTakeFirst()
    if (old === undefined) return
    await database.write((tx) =>
      tx.updateTable('repositoryImport').set({ passwordBox: null }).where('finishedAt', '<', before).execute(),
    )
  }

  function wake(): void {
    if (closing.signal.aborted) return
    looking = (looking ?? Promise.resolve()).then(look).catch((error: unknown) => log(error, 'looking for imports'))
  }

  return {
    wake,

    async start() {
      // With SQLite nobody else can be at work.
      if (database.dialect === 'sqlite')
        await database.write((tx) =>
          tx
            .updateTable('repositoryImport')
            .set({ state: 'interrupted', finishedAt: now() })
            .where('state', '=', 'running')
            .execute(),
        )
      await removeRemains()
      timer = setInterval(wake, lookEveryMs)
      wake()
    },

    async cancel(caller, place, row) {
      const cancelled = await database.write(async (tx) => {
        const at = now()
        const set = await tx
          .updateTable('repositoryImport')
          .set({ isCancelled: 1 })
          .where('id', '=', row.id)
          .where('state', '!=', 'done')
          .where('isCancelled', '=', 0)
          .returningAll()
          .executeTakeFirst()
        if (set === undefined) return undefined
        // What only waits must not begin any more.
        if (set.state === 'waiting')
          await tx.updateTable('repositoryImport').set({ state: 'interrupted' }).where('id', '=', row.id).execute()
        await recordEvent(tx, {
          action: 'repository.import-cancelled',
          actor: actorOf(caller),
          target: { kind: 'repository', id: row.repositoryId },
          repositoryId: row.repositoryId,
          facts: { repository: place.path, url: row.url },
          at,
        })
        return set
      })
      if (cancelled === undefined)
        throw conflict('import-over', 'This import is over.', { help: 'Delete the repository in its settings.' })
      const here = running.get(row.id)
      here?.stop.abort()
      await here?.ended
      // On another node it is seen within a second, and taken away there.
      if (here === undefined && cancelled.state !== 'running') await discardImport(parts, cancelled)
    },

    async close() {
      closing.abort()
      clearInterval(timer)
      await looking
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }

  /** Half-fetched histories of a process that was killed. */
  async function removeRemains(): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) {
      const row = await find(name.replace(/\.git$/, '') as Id<'imp'>)
      if (row?.state !== 'running') await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    }
  }
}
