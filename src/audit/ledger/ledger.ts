import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { type Checkpoint, renderCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { emptyRoot, proveInclusion } from '../../protocols/tlog/merkle.ts'
import { type NoteKey, renderNoteKey, signNote } from '../../protocols/tlog/note.ts'
import { hashesAt, type TilePlace, tileWidth } from '../../protocols/tlog/tile.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { LedgerProof, LedgerView } from '../shapes.ts'
import { sequenceEvents } from './sequence.ts'
import { readTree } from './tree.ts'

export interface Ledger {
  /** Folds in what waits, see `sequenceEvents`. */
  sequence(): Promise<void>
  /** The server ends: what still waits is folded in at its next start. */
  stop(): void
  /** In one line, as C2SP signed-note writes it. */
  readKey(): Promise<string>
  /** What stands now, signed: a promise that everything in it stays as it is. */
  readCheckpoint(): Promise<string>
  read(): Promise<LedgerView>
  /** The first hashes of a tile; undefined where the tree does not hold as many. */
  readTile(place: TilePlace & { width: number }): Promise<Buffer | undefined>
  /** Undefined where there is no such event; null where it is in no tree yet, for a second or so. */
  prove(id: string): Promise<LedgerProof | null | undefined>
}

interface LedgerParts {
  database: Database
  secrets: Pick<Secrets, 'getOrCreate'>
  /** Of the instance; a log that has begun keeps its name. */
  origin: string
  now: () => number
}

/**
 * All events as a transparency log, C2SP tlog-checkpoint and tlog-tiles: whoever keeps a checkpoint sees later whether
 * anything before it was changed, left out or put in.
 */
export function createLedger(parts: LedgerParts): Ledger {
  const { database, now } = parts
  let begun: Promise<LedgerKey> | undefined
  let isClosing = false
  const begin = (): Promise<LedgerKey> =>
    (begun ??= loadKey(parts).catch((error: unknown) => {
      begun = undefined
      throw error
    }))

  // Read outside of any transaction: what is signed was committed before.
  async function readHead(): Promise<Checkpoint & { at: number }> {
    const { name } = await begin()
    const { size, root, at } = await database.read
      .selectFrom('ledgerHead')
      .select(['size', 'root', 'at'])
      .where('id', '=', 1)
      .executeTakeFirstOrThrow()
    return { origin: name, size, root: Buffer.from(root, 'base64'), at }
  }
  const sign = async (head: Checkpoint): Promise<string> => {
    const { privateKey, ...key } = await begin()
    return signNote(renderCheckpoint(head), key, privateKey)
  }
  const readKey = async (): Promise<string> => renderNoteKey(await begin())

  return {
    async sequence() {
      await begin()
      await sequenceEvents({ database, now, isClosing: () => isClosing })
    },
    stop() {
      isClosing = true
    },
    readKey,
    readCheckpoint: async () => sign(await readHead()),
    async read() {
      const head = await readHead()
      return { key: await readKey(), size: head.size, root: head.root.toString('base64'), at: head.at }
    },
    async readTile({ level, position, width }) {
      const { size } = await readHead()
      if (position * tileWidth + width > hashesAt(level, size)) return undefined
      const hashes = await readTree(database.read).tile(level, position)
      return Buffer.concat(hashes.slice(0, width))
    },
    async prove(id) {
      const event = await database.read
        .selectFrom('auditEvent')
        .select(['leaf', 'leafIndex'])
        .where('id', '=', id as Id<'evt'>)
        .executeTakeFirst()
      if (event === undefined) return undefined
      const head = await readHead()
      const { leaf, leafIndex } = event
      if (leafIndex === null || leafIndex >= head.size) return null
      const proof = await proveInclusion(leafIndex, head.size, readTree(database.read).node)
      return { leaf, leafIndex, proof: proof.map((hash) => hash.toString('base64')), checkpoint: await sign(head) }
    },
  }
}

type LedgerKey = NoteKey & { privateKey: KeyObject }

async function loadKey(parts: LedgerParts): Promise<LedgerKey> {
  const name = await beginLedger(parts)
  const privateKey = createPrivateKey(
    await parts.secrets.getOrCreate('ledger', () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ),
  )
  // The last 32 bytes of an Ed25519 SPKI are the key, RFC 8410.
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32)
  return { name, publicKey, privateKey }
}

/** The name of the log: of the address that it began at, whatever the instance is called later. */
async function beginLedger({ database, origin, now }: LedgerParts): Promise<string> {
  const name = `${new URL(origin).host}/ledger`
  const row = { id: 1, name, size: 0, root: emptyRoot.toString('base64'), at: now() }
  const find = () => database.read.selectFrom('ledgerHead').select('name').where('id', '=', 1).executeTakeFirst()
  const known = await find()
  if (known !== undefined) return known.name
  await database.write((tx) =>
    tx
      .insertInto('ledgerHead')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute(),
  )
  return (await find())?.name ?? name
}
