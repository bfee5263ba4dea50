import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Database } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { renderCheckpoint } from '../../protocols/tlog/checkpoint.ts'
import { emptyRoot, proveConsistency, proveInclusion } from '../../protocols/tlog/merkle.ts'
import { type NoteKey, renderNoteKey, signNote } from '../../protocols/tlog/note.ts'
import { hashesAt, type TilePlace, tileWidth } from '../../protocols/tlog/tile.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { LedgerProof, LedgerView } from '../shapes.ts'
import { type Head, readShownHead } from './publish.ts'
import { sequenceEvents } from './sequence.ts'
import { readTree } from './tree.ts'

export interface Ledger {
  /** Folds in what waits, see `sequenceEvents`. */
  sequence(): Promise<void>
  /** The server ends: what still waits is folded in at its next start. */
  stop(): void
  /** In one line, as C2SP signed-note writes it. */
  readKey(): Promise<string>
  /** What is shown now, signed and cosigned: a promise that everything in it stays as it is. */
  readCheckpoint(): Promise<string>
  read(): Promise<LedgerView>
  /** The first hashes of a tile; undefined where the tree does not hold as many. */
  readTile(place: TilePlace & { width: number }): Promise<Buffer | undefined>
  /** Undefined where there is no such event; null where it is not in what is shown yet, for less than a minute. */
  prove(id: string): Promise<LedgerProof | null | undefined>
  /** The tree as it stands, signed, for witnesses. */
  signHead(): Promise<Head & { note: string }>
  /** That the tree of `size` begins with all of the older one: RFC 6962 §2.1.2. */
  proveGrowth(older: number, size: number): Promise<Buffer[]>
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
  async function readHead(): Promise<Head> {
    await begin()
    return database.read
      .selectFrom('ledgerHead')
      .select(['size', 'root', 'at'])
      .where('id', '=', 1)
      .executeTakeFirstOrThrow()
  }
  async function readShown() {
    await begin()
    return readShownHead(database.read)
  }
  const sign = async ({ size, root, cosignatures = '' }: Head & { cosignatures?: string }): Promise<string> => {
    const { privateKey, ...key } = await begin()
    const text = renderCheckpoint({ origin: key.name, size, root: Buffer.from(root, 'base64') })
    return signNote(text, key, privateKey) + cosignatures
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
    readCheckpoint: async () => sign(await readShown()),
    async read() {
      const { size, root, at } = await readShown()
      return { key: await readKey(), size, root, at }
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
      const head = await readShown()
      const { leaf, leafIndex } = event
      if (leafIndex === null || leafIndex >= head.size) return null
      const proof = await proveInclusion(leafIndex, head.size, readTree(database.read).node)
      return { leaf, leafIndex, proof: proof.map((hash) => hash.toString('base64')), checkpoint: await sign(head) }
    },
    async signHead() {
      const head = await readHead()
      return { ...head, note: await sign(head) }
    },
    proveGrowth: (older, size) => proveConsistency(older, size, readTree(database.read).node),
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
