import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Database, Tx } from '../database/handles.ts'

/**
 * `secrets/` owns what must not be read from a copy of the database: the instance's own keys, and other rooms' passwords
 * and tokens, which they keep themselves as closed boxes. It never logs, lists or shows one.
 */
export interface Secrets {
  /** Closes a text for one purpose, e.g. `webhook whk_…`; it opens for no other. */
  seal(text: string, purpose: string): string
  /** @throws Error where it was closed for something else, under another key, or was changed */
  open(box: string, purpose: string): string
  /** A key of this instance, made by `create` the first time any node asks. */
  getOrCreate(name: string, create: () => string | Promise<string>): Promise<string>
  /** Keys that leaked: nothing of them stays here, and who asks for one next makes another. */
  end(tx: Tx<'secret'>, names: readonly string[]): Promise<void>
}

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/** @throws Error with one line, where the database was made under another key */
export async function createSecrets(parts: { database: Database; key: Buffer; now: () => number }): Promise<Secrets> {
  const { database, now } = parts
  // NIST SP 800-38D: one key per use, here by HKDF, RFC 5869, so that random nonces suffice.
  const boxKey = Buffer.from(hkdfSync('sha256', parts.key, '', 'postern secrets v1', 32))

  const secrets: Secrets = {
    seal(text, purpose) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', boxKey, iv).setAAD(Buffer.from(purpose))
      const bytes = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${bytes.toString('base64url')}`
    },

    open(box, purpose) {
      const [before, text = ''] = box.split('.')
      const bytes = Buffer.from(text, 'base64url')
      if (before !== version || bytes.length < ivBytes + tagBytes) throw new Error('this is no closed box')
      const decipher = createDecipheriv('aes-256-gcm', boxKey, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString()
    },

    async getOrCreate(name, create) {
      const find = async () =>
        (await database.read.selectFrom('secret').select('box').where('name', '=', name).executeTakeFirst())?.box
      const known = await find()
      if (known !== undefined) return secrets.open(known, purposeOf(name))
      const row = { name, box: secrets.seal(await create(), purposeOf(name)), createdAt: now() }
      // Two nodes may come here at once; the one row there is wins.
      await database.write((tx) =>
        tx
          .insertInto('secret')
          .values(row)
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute(),
      )
      return secrets.open((await find()) ?? row.box, purposeOf(name))
    },

    async end(tx, names) {
      await tx.deleteFrom('secret').where('name', 'in', names).execute()
    },
  }
  await secrets
    .getOrCreate('check', () => 'postern')
    .catch((cause: unknown) => {
      throw new Error('POSTERN_SECRET_KEY is not the one this database was made with. Give that one.', { cause })
    })
  return secrets
}

const purposeOf = (name: string): string => `instance ${name}`
