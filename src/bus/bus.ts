import { randomUUID } from 'node:crypto'
import type { Database, Listening, Tx } from '../database/handles.ts'
import type { BusConfirmationTable } from '../database/schema.ts'

/** Carries a message out on this node; what it returns is how many connections that cut. */
export type BusListener = (about: string) => number | Promise<number>

export interface Bus {
  /** Of this node, from its start to its end. */
  readonly id: string
  /** Written with the change it tells of. Returns its number. */
  publish(tx: Tx<'busHead' | 'busMessage'>, topic: string, about: string, at: number): Promise<number>
  on(topic: string, listener: BusListener): void
  /** Something was committed here: carries it out now instead of at the next look. */
  nudge(): Promise<void>
  /** Which nodes there were when this message was written, and what each has said of it since. */
  listNodes(seq: number, at: number): Promise<NodeState[]>
  /** Ids of this node and of those that have said a word lately: on SQLite there is no other. */
  listLiving(at: number): Promise<string[]>
  start(): Promise<void>
  close(): Promise<void>
}

export interface NodeState {
  id: string
  seenAt: number
  /** When it had carried the message out; null where it has not yet. */
  confirmedAt: number | null
  /** How many connections that cut there. */
  cut: number
  /** It has not said a word for so long that nobody waits for it: stopped, or cut off from the database. */
  isSilent: boolean
  /** Of a silent one: when it had cut everything it held by itself, if it still ran. */
  cutsBy: number | null
}

const lookEveryMs = 1_000
const keepMs = 24 * 3_600_000
/** A node that has looked in vain so often cuts everything: what has ended meanwhile, it would not know. */
const deafAfterLooks = 5
/** The last look that it may have written of, those in vain, and the one at which it cuts. */
const deafAfterMs = (deafAfterLooks + 2) * lookEveryMs
/** Waited for no longer well after it must have cut everything, however far clocks are apart. */
const silentAfterMs = 30_000

/**
 * `bus/` tells every node that shares this database what has ended. It knows no feature: a message is a topic and an
 * identifier. A node looks for new messages each second, and at once where the engine passes a word on (decision 33);
 * that word carries nothing, and may be lost. One that hears nothing any more cuts everything it holds.
 */
export function createBus(parts: {
  database: Database
  now: () => number
  /** Cuts everything that is open here. */
  onDeaf: () => void
  onError: (error: unknown) => void
}): Bus {
  const { database, now, onDeaf, onError } = parts
  const id = randomUUID()
  const listeners = new Map<string, BusListener[]>()
  let done = 0
  /** Carried out, and not written down yet: the store may have been away. */
  let unconfirmed: BusConfirmationTable[] = []
  let looking: Promise<void> | undefined
  /** Looks since the last that succeeded; counted, so that neither a moved clock nor a busy moment is one. */
  let inVain = 0
  let timer: NodeJS.Timeout | undefined
  let listening: Listening | undefined
  let isTold = false

  async function look(): Promise<void> {
    const messages = await database.read
      .selectFrom('busMessage')
      .selectAll()
      .where('seq', '>', done)
      .orderBy('seq')
      .execute()
    for (const { seq, topic, about } of messages) {
      let cut = 0
      for (const listener of listeners.get(topic) ?? []) cut += await listener(about)
      done = seq
      unconfirmed.push({ seq, nodeId: id, at: now(), cut })
    }
    // A node alone on SQLite needs nobody to see that it lives.
    if (timer !== undefined && (unconfirmed.length > 0 || database.dialect !== 'sqlite')) {
      await confirm(unconfirmed)
      unconfirmed = []
    }
    inVain = 0
  }

  const confirm = (carriedOut: readonly BusConfirmationTable[]): Promise<unknown> =>
    database.write(async (tx) => {
      const last = carriedOut.at(-1)
      await tx
        .updateTable('node')
        .set({ seenAt: now(), ...(last === undefined ? {} : { ackedSeq: last.seq, ackedAt: last.at }) })
        .where('id', '=', id)
        .execute()
      if (carriedOut.length > 0)
        await tx
          .insertInto('busConfirmation')
          .values([...carriedOut])
          .execute()
    })

  function turn(): Promise<void> {
    // What was committed while it looked may have been missed, so whoever asks then waits for another look.
    looking = (looking ?? Promise.resolve()).then(look).catch(onError)
    return looking
  }

  /** However many words come at once, one look finds all they were about. */
  function hear(): void {
    if (isTold) return
    isTold = true
    looking = (looking ?? Promise.resolve()).then(() => {
      isTold = false
    })
    void turn()
  }

  return {
    id,
    async publish(tx, topic, about, at) {
      const { seq } = await tx
        .updateTable('busHead')
        .set((eb) => ({ seq: eb('seq', '+', 1) }))
        .returning('seq')
        .executeTakeFirstOrThrow()
      await tx.insertInto('busMessage').values({ seq, topic, about, at }).execute()
      await database.signal?.send(tx)
      return seq
    },
    on: (topic, listener) => void listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
    nudge: turn,
    async listNodes(seq, at) {
      const rows = await database.read
        .selectFrom('node')
        .leftJoin('busConfirmation', (join) =>
          join.onRef('busConfirmation.nodeId', '=', 'node.id').on('busConfirmation.seq', '=', seq),
        )
        .select(['node.id', 'node.seenAt', 'node.ackedSeq', 'busConfirmation.at', 'busConfirmation.cut'])
        .orderBy('node.startedAt')
        .orderBy('node.id')
        .execute()
      return (
        rows
          // One that began afterwards never let them in.
          .filter((row) => row.at !== null || row.ackedSeq < seq)
          .map(({ id: nodeId, seenAt, at: confirmedAt, cut }) => {
            const isSilent = confirmedAt === null && database.dialect !== 'sqlite' && seenAt < at - silentAfterMs
            return {
              id: nodeId,
              seenAt,
              confirmedAt,
              cut: cut ?? 0,
              isSilent,
              cutsBy: isSilent ? seenAt + deafAfterMs : null,
            }
          })
      )
    },
    async listLiving(at) {
      if (database.dialect === 'sqlite') return [id]
      const rows = await database.read
        .selectFrom('node')
        .select('id')
        .where('seenAt', '>=', at - silentAfterMs)
        .execute()
      return [id, ...rows.map((row) => row.id)]
    },
    async start() {
      const at = now()
      await database.write(async (tx) => {
        const head = await tx.selectFrom('busHead').select('seq').executeTakeFirstOrThrow()
        done = head.seq
        // On SQLite there is no other: what stands here was killed.
        await tx
          .deleteFrom('node')
          .where('seenAt', '<', database.dialect === 'sqlite' ? Number.MAX_SAFE_INTEGER : at - keepMs)
          .execute()
        await tx
          .deleteFrom('busConfirmation')
          .where('at', '<', at - keepMs)
          .execute()
        await tx
          .deleteFrom('busMessage')
          .where('at', '<', at - keepMs)
          .execute()
        await tx.insertInto('node').values({ id, startedAt: at, seenAt: at, ackedSeq: done, ackedAt: at }).execute()
      })
      listening = database.signal?.listen(hear)
      timer = setInterval(() => {
        inVain += 1
        if (database.dialect !== 'sqlite' && inVain > deafAfterLooks) onDeaf()
        void turn()
      }, lookEveryMs).unref()
    },
    async close() {
      clearInterval(timer)
      await listening?.close()
      await looking
      if (timer !== undefined) await database.write((tx) => tx.deleteFrom('node').where('id', '=', id).execute())
    },
  }
}
