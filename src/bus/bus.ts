import { randomUUID } from 'node:crypto'
import type { Database, Tx } from '../database/handles.ts'

/** Carries a message out on this node; what it returns is how many connections that cut. */
export type BusListener = (about: string) => number | Promise<number>

export interface Bus {
  /** Written with the change it tells of. Returns its number. */
  publish(tx: Tx<'busHead' | 'busMessage'>, topic: string, about: string, at: number): Promise<number>
  on(topic: string, listener: BusListener): void
  /** Something was committed here: carries it out now instead of at the next look. */
  nudge(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

const lookEveryMs = 1_000
const keepMs = 24 * 3_600_000

/**
 * `bus/` tells every node that shares this database what has ended. It knows no feature: a message is a topic and an
 * identifier. A node reads the number of the newest message each second; a stopped one has nothing left to cut.
 */
export function createBus(parts: { database: Database; now: () => number; onError: (error: unknown) => void }): Bus {
  const { database, now, onError } = parts
  const id = randomUUID()
  const listeners = new Map<string, BusListener[]>()
  let done = 0
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    const messages = await database.read
      .selectFrom('busMessage')
      .selectAll()
      .where('seq', '>', done)
      .orderBy('seq')
      .execute()
    let cut = 0
    for (const { seq, topic, about } of messages) {
      for (const listener of listeners.get(topic) ?? []) cut += await listener(about)
      done = seq
    }
    // A node alone on SQLite needs nobody to see that it lives.
    if (messages.length === 0 && database.dialect === 'sqlite') return
    await confirm(messages.length > 0 ? { ackedSeq: done, ackedAt: now() } : {})
  }

  const confirm = (acked: { ackedSeq?: number; ackedAt?: number }): Promise<unknown> =>
    database.write((tx) =>
      tx
        .updateTable('node')
        .set({ seenAt: now(), ...acked })
        .where('id', '=', id)
        .execute(),
    )

  function turn(): Promise<void> {
    // What was committed while it looked may have been missed, so whoever asks then waits for another look.
    looking = (looking ?? Promise.resolve()).then(look).catch(onError)
    return looking
  }

  return {
    async publish(tx, topic, about, at) {
      const { seq } = await tx
        .updateTable('busHead')
        .set((eb) => ({ seq: eb('seq', '+', 1) }))
        .returning('seq')
        .executeTakeFirstOrThrow()
      await tx.insertInto('busMessage').values({ seq, topic, about, at }).execute()
      return seq
    },
    on: (topic, listener) => void listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
    nudge: turn,
    async start() {
      const at = now()
      await database.write(async (tx) => {
        const head = await tx.selectFrom('busHead').select('seq').executeTakeFirstOrThrow()
        done = head.seq
        await tx
          .deleteFrom('node')
          .where('seenAt', '<', at - keepMs)
          .execute()
        await tx
          .deleteFrom('busMessage')
          .where('at', '<', at - keepMs)
          .execute()
        await tx.insertInto('node').values({ id, startedAt: at, seenAt: at, ackedSeq: done, ackedAt: at }).execute()
      })
      timer = setInterval(() => void turn(), lookEveryMs).unref()
    },
    async close() {
      clearInterval(timer)
      await looking
      if (timer !== undefined) await database.write((tx) => tx.deleteFrom('node').where('id', '=', id).execute())
    },
  }
}
