import { sql } from 'kysely'
import type { AuditEntry } from '../audit/entry.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { MirrorTable, TableName } from '../database/schema.ts'
import { inOneLine, unexpected } from '../http/problem.ts'
import { compileGlob } from '../policy/glob.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { placeOf } from '../repositories/access.ts'
import { GitError } from '../repositories/git.ts'
import { onOwnBehalf } from '../repositories/on-behalf.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { hostKeyFingerprint } from './host-key.ts'
import { passwordPurpose } from './import-records.ts'
import { switchOffUnkept } from './keep-mirror.ts'
import { toldAfterFailures } from './mirror-letters.ts'
import { pushMirror, type Pushed, type PushMirrorParts } from './push-mirror.ts'
import { RemoteError } from './remote-error.ts'

export interface Mirrors {
  /** In the transaction of an event: a ref that moved has its mirrors follow. */
  follow(tx: Tx<TableName>, event: AuditEntry): Promise<void>
  /** Something else that is mirrored changed: the proofs. */
  changed(repositoryId: Id<'rep'>): Promise<void>
  /** As soon as it can be, whatever it waited for. */
  runNow(id: Id<'mir'>): Promise<void>
  /** Looks for mirrors that are due from now on. */
  start(): void
  close(): Promise<void>
}

const lookEveryMs = 1_000
/** Several changes at once are one push. */
const debounceMs = 2_000
const hourMs = 3_600_000
/** After each failure in a row; later ones wait as long as the last. A wrong password tried often locks accounts. */
const retryAfterMs = [60_000, 5 * 60_000, 15 * 60_000, hourMs]
const beatEveryMs = 20_000
// A node that has not written for so long is gone.
const staleMs = 120_000
const atOnce = 3
/** Of one person, whose other servers may drip for hours: somebody else's find a place beside theirs. */
const mostOfOne = 2

/** Keeps mirrors up to date in the background: after each change, and every hour; one push at a time for each. */
export function createMirrors(
  parts: PushMirrorParts & {
    database: Database
    root: string
    secrets: Secrets
    now: () => number
    log: (error: unknown, doing: string) => void
  },
): Mirrors {
  const { database, root, secrets, now, log } = parts
  const running = new Map<Promise<void>, Id<'usr'>>()
  const closing = new AbortController()
  let nextCheckAt = 0
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  /** A mirror that fails keeps its pace: changes do not make it knock more often. */
  const want = (tx: Tx<'mirror'>, repositoryId: Id<'rep'>): Promise<unknown> => {
    const at = now()
    return tx
      .updateTable('mirror')
      .set({
        wantedAt: sql<number>`coalesce("wantedAt", ${at})`,
        dueAt: sql<number>`case when "failures" = 0 and "dueAt" > ${at + debounceMs} then ${at + debounceMs} else "dueAt" end`,
      })
      .where('repositoryId', '=', repositoryId)
      .where('isActive', '=', 1)
      .execute()
  }

  async function look(): Promise<void> {
    if (now() >= nextCheckAt) {
      nextCheckAt = now() + hourMs
      await switchOffUnkept(database, now())
    }
    while (!closing.signal.aborted && running.size < atOnce) {
      const row = await take()
      if (row === undefined) return
      const work: Promise<void> = onOwnBehalf(() => mirror(row))
        .catch((error: unknown) => log(error, 'a mirror'))
        .finally(() => {
          running.delete(work)
          wake()
        })
      running.set(work, row.stewardId ?? row.createdBy)
    }
  }

  async function take(): Promise<MirrorTable | undefined> {
    const counts = Map.groupBy(running.values(), (steward) => steward)
    const busy = [...counts].filter(([, theirs]) => theirs.length >= mostOfOne).map(([steward]) => steward)
    for (;;) {
      const at = now()
      const due = await database.read
        .selectFrom('mirror')
        .selectAll()
        .where('isActive', '=', 1)
        .where(({ eb, and, or }) =>
          or([and([eb('dueAt', '<=', at), eb('startedAt', 'is', null)]), eb('startedAt', '<', at - staleMs)]),
        )
        .$if(busy.length > 0, (query) =>
          query.where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), 'not in', busy)),
        )
        .orderBy('dueAt')
        .limit(1)
        .executeTakeFirst()
      if (due === undefined) return undefined
      const { numUpdatedRows } = await database.write((tx) =>
        tx
          .updateTable('mirror')
          // Emptied, so that what changes from now on shows afterwards.
          .set({ startedAt: at, wantedAt: null, dueAt: at + hourMs })
          .where('id', '=', due.id)
          .where('dueAt', '=', due.dueAt)
          .where('startedAt', due.startedAt === null ? 'is' : '=', due.startedAt)
          .executeTakeFirst(),
      )
      if (Number(numUpdatedRows) === 1) return { ...due, startedAt: at }
    }
  }

  async function mirror(row: MirrorTable): Promise<void> {
    const beat = setInterval(() => {
      database
        .write((tx) => tx.updateTable('mirror').set({ startedAt: now() }).where('id', '=', row.id).execute())
        .catch((error: unknown) => log(error, 'a mirror’s beat'))
    }, beatEveryMs)
    try {
      const place = await findPlace(row)
      if (place !== undefined) await settle(row, place, await attempt(row, place))
    } finally {
      clearInterval(beat)
    }
  }

  async function attempt(row: MirrorTable, place: RepositoryPlace): Promise<Pushed | 'broken-off'> {
    try {
      const patterns = (JSON.parse(row.branches) as string[]).map(compileGlob)
      const password = row.passwordBox === null ? undefined : secrets.open(row.passwordBox, passwordPurpose(row.id))
      const last = await database.read.selectFrom('mirrorRef').selectAll().where('mirrorId', '=', row.id).execute()
      return await pushMirror(parts, {
        folder: place.folder,
        remote: { ...row, password, keepHostKey: (line) => keepHostKey(row, line) },
        last: new Map(last.map(({ ref, oid }) => [ref, oid])),
        wants: (ref) =>
          patterns.length === 0 ||
          !ref.startsWith('refs/heads/') ||
          patterns.some((matches) => matches(ref.slice('refs/heads/'.length))),
        overwrites: row.overwrites === 1,
        signal: closing.signal,
      })
    } catch (error) {
      if (closing.signal.aborted) return 'broken-off'
      if (error instanceof RemoteError) return { seen: [], problem: error }
      if (!(error instanceof GitError)) log(error, 'a mirror')
      const sentence = error instanceof GitError ? error.message : inOneLine(unexpected())
      return { seen: [], problem: new RemoteError('internal', sentence, error) }
    }
  }

  /** From the first look on the server must show this key; not where the mirror was set up anew meanwhile. */
  const keepHostKey = (row: MirrorTable, line: string): Promise<void> =>
    database.write(async (tx) => {
      await tx
        .updateTable('mirror')
        .set({ hostKey: line })
        .where('id', '=', row.id)
        .where('url', '=', row.url)
        .where('hostKey', row.hostKey === null ? 'is' : '=', row.hostKey)
        .execute()
    })

  async function settle(row: MirrorTable, place: RepositoryPlace, pushed: Pushed | 'broken-off'): Promise<void> {
    await database.write(async (tx) => {
      const at = now()
      const current = await tx.selectFrom('mirror').selectAll().where('id', '=', row.id).executeTakeFirst()
      // Removed, or set up anew meanwhile: what was seen is about another address, or with what is no longer so.
      if (current === undefined) return
      const isSame =
        current.url === row.url &&
        current.passwordBox === row.passwordBox &&
        (row.hostKey === null || hostKeyFingerprint(current.hostKey) === hostKeyFingerprint(row.hostKey))
      const change = tx.updateTable('mirror').where('id', '=', row.id)
      if (pushed === 'broken-off' || !isSame) {
        await change.set({ startedAt: null, dueAt: at, wantedAt: current.wantedAt ?? row.wantedAt ?? at }).execute()
        return
      }
      await keepSeen(tx, row.id, pushed.seen)
      const { problem } = pushed
      const failures = problem === undefined ? 0 : row.failures + 1
      const pause = retryAfterMs[Math.min(failures, retryAfterMs.length) - 1] ?? hourMs
      const soon = current.wantedAt === null ? hourMs : debounceMs
      await change
        .set({
          startedAt: null,
          failures,
          problemCode: problem?.code ?? null,
          problem: problem?.message ?? null,
          dueAt: at + (problem === undefined ? soon : pause),
          ...(problem === undefined ? { succeededAt: at } : { wantedAt: row.wantedAt ?? current.wantedAt ?? at }),
        })
        .execute()
      const isNews = problem === undefined ? row.failures > 0 : failures === 1 || failures === toldAfterFailures
      if (!isNews) return
      await recordEvent(tx, {
        action: problem === undefined ? 'mirror.recovered' : 'mirror.failed',
        actor: null,
        target: { kind: 'mirror', id: row.id },
        repositoryId: row.repositoryId,
        outcome: problem === undefined ? 'done' : 'refused',
        facts: {
          repository: place.path,
          url: row.url,
          ...(problem && { code: problem.code, reason: problem.message, failures }),
        },
        at,
      })
    })
  }

  async function keepSeen(tx: Tx<'mirrorRef'>, mirrorId: Id<'mir'>, seen: Pushed['seen']): Promise<void> {
    const known = await tx.selectFrom('mirrorRef').selectAll().where('mirrorId', '=', mirrorId).execute()
    const before = new Map(known.map(({ ref, oid }) => [ref, oid]))
    for (const { ref, oid } of seen) {
      if (before.get(ref) === oid) continue
      await tx.deleteFrom('mirrorRef').where('mirrorId', '=', mirrorId).where('ref', '=', ref).execute()
      if (oid !== zeroOid) await tx.insertInto('mirrorRef').values({ mirrorId, ref, oid }).execute()
    }
  }

  async function findPlace({ repositoryId }: MirrorTable): Promise<RepositoryPlace | undefined> {
    const { read } = database
    const repository = await read.selectFrom('repository').selectAll().where('id', '=', repositoryId).executeTakeFirst()
    const project =
      repository &&
      (await read.selectFrom('project').selectAll().where('id', '=', repository.projectId).executeTakeFirst())
    return repository && project && placeOf(root, { repository, project }, 'admin')
  }

  function wake(): void {
    if (closing.signal.aborted) return
    looking = (looking ?? Promise.resolve()).then(look).catch((error: unknown) => log(error, 'looking for mirrors'))
  }

  return {
    async follow(tx, { action, repositoryId }) {
      if (repositoryId && /^ref\.(created|updated|deleted)$/.test(action)) await want(tx, repositoryId)
    },
    async changed(repositoryId) {
      const any = await database.read
        .selectFrom('mirror')
        .select('id')
        .where('repositoryId', '=', repositoryId)
        .where('isActive', '=', 1)
        .executeTakeFirst()
      if (any !== undefined) await database.write((tx) => want(tx, repositoryId))
    },
    async runNow(id) {
      const at = now()
      await database.write((tx) =>
        tx
          .updateTable('mirror')
          .set({ dueAt: at, wantedAt: sql<number>`coalesce("wantedAt", ${at})` })
          .where('id', '=', id)
          .execute(),
      )
      wake()
    },
    start() {
      timer = setInterval(wake, lookEveryMs)
      wake()
    },
    async close() {
      closing.abort()
      clearInterval(timer)
      await looking
      await Promise.all(running.keys())
    },
  }
}
