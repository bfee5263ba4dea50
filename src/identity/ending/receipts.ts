import type { Bus } from '../../bus/bus.ts'
import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { AccessEndTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import type { SigningKey } from '../../secrets/signing-key.ts'
import { listPersonRefs, type PersonRef } from '../users.ts'
import { renderReceipt } from './render-receipt.ts'
import type { AccessEnd, AccessEndSummary, ReceiptNode } from './shapes.ts'

export interface Receipts {
  key: Pick<SigningKey, 'keyId' | 'publicKeyPem'>
  /**
   * The receipt as far as it goes now; signed, and never changed again, once every node has confirmed, or was silent for so
   * long that it must have cut everything by itself: then the receipt names it. @throws 404
   */
  view(id: string): Promise<AccessEnd>
  /** The ends of one account, newest first. */
  list(userId: Id<'usr'>): Promise<AccessEndSummary[]>
  /** From now on what every node has confirmed is signed, whether anybody looks at it or not. */
  start(): void
  close(): Promise<void>
}

const lookEveryMs = 2_000
const unsaid = { isSilent: false, cutsBy: null }

/** What ended and when the last connection was cut, from the end's row and what the nodes have confirmed since. */
export function createReceipts(parts: {
  database: Database
  bus: Pick<Bus, 'nudge' | 'listNodes'>
  key: SigningKey
  origin: string
  now: () => number
  onError: (error: unknown) => void
}): Receipts {
  const { database, bus, key, origin, now, onError } = parts
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  async function settle(): Promise<void> {
    const open = await database.read.selectFrom('accessEnd').select('id').where('completedAt', 'is', null).execute()
    for (const { id } of open) await view(id)
  }

  const look = (): Promise<void> => (working = working.then(settle).catch(onError))

  async function view(id: string): Promise<AccessEnd> {
    const row = await findRow(id)
    if (row.completedAt !== null) return render(row)
    // What is open here is cut before anything is said of it.
    await bus.nudge()
    const nodes = await bus.listNodes(row.busSeq, now())
    const isComplete = nodes.every(({ confirmedAt, isSilent }) => confirmedAt !== null || isSilent)
    if (!isComplete) return render({ ...row, nodes: JSON.stringify(nodes) })
    const completedAt = Math.max(row.decidedAt, ...nodes.map(({ confirmedAt, cutsBy }) => confirmedAt ?? cutsBy ?? 0))
    const completed = { nodes: JSON.stringify(nodes), completedAt }
    const { receipt: _none, state: _state, restoredAt: _restored, ...said } = await render({ ...row, ...completed })
    const receipt = key.signStatement(renderReceipt(origin, said))
    await database.write((tx) =>
      tx
        .updateTable('accessEnd')
        .set({ ...completed, receipt })
        .where('id', '=', row.id)
        .where('completedAt', 'is', null)
        .execute(),
    )
    // Another node may have been faster: one receipt stands.
    return render(await findRow(id))
  }

  async function findRow(id: string): Promise<AccessEndTable> {
    const row = await database.read
      .selectFrom('accessEnd')
      .selectAll()
      .where('id', '=', id as Id<'end'>)
      .executeTakeFirst()
    if (row === undefined) throw notFound('This end of access')
    return row
  }

  async function render(row: AccessEndTable): Promise<AccessEnd> {
    const agents = await database.read
      .selectFrom('accessEnd')
      .select(['id', 'userId'])
      .where('endedWith', '=', row.id)
      .orderBy('busSeq')
      .execute()
    const people = await listPersonRefs(database.read, [row.userId, row.decidedBy, ...agents.map((one) => one.userId)])
    return {
      id: row.id,
      person: refOf(people, row.userId),
      cause: row.cause,
      reason: row.reason,
      decidedBy: row.decidedBy === null ? null : (people.get(row.decidedBy) ?? null),
      decidedAt: row.decidedAt,
      ended: JSON.parse(row.ended) as AccessEnd['ended'],
      remains: JSON.parse(row.remains) as AccessEnd['remains'],
      agents: agents.map(({ id, userId }) => ({ id, agent: refOf(people, userId) })),
      state: row.completedAt === null ? 'cutting' : 'complete',
      // Receipts of an earlier version say neither.
      nodes: (JSON.parse(row.nodes ?? '[]') as ReceiptNode[]).map((node) => ({ ...unsaid, ...node })),
      completedAt: row.completedAt,
      receipt: row.receipt === null ? null : (JSON.parse(row.receipt) as AccessEnd['receipt']),
      restoredAt: row.restoredAt,
    }
  }

  return {
    key,
    view,
    list: (userId) => listEnds(database.read, userId),
    start() {
      timer = setInterval(() => void look(), lookEveryMs).unref()
    },
    async close() {
      if (timer === undefined) return
      clearInterval(timer)
      // What this node has cut is forgotten when it stops.
      await look()
    },
  }
}

const refOf = (people: ReadonlyMap<string, PersonRef>, id: string): PersonRef =>
  people.get(id) ?? { id, username: '', displayName: '' }

async function listEnds(db: Db<'accessEnd' | 'user'>, userId: Id<'usr'>): Promise<AccessEndSummary[]> {
  const rows = await db
    .selectFrom('accessEnd')
    .select(['id', 'cause', 'reason', 'decidedBy', 'decidedAt', 'restoredAt'])
    .where('userId', '=', userId)
    .orderBy('busSeq', 'desc')
    .execute()
  const people = await listPersonRefs(
    db,
    rows.map(({ decidedBy }) => decidedBy),
  )
  return rows.map((row) => ({
    ...row,
    decidedBy: row.decidedBy === null ? null : (people.get(row.decidedBy) ?? null),
  }))
}
