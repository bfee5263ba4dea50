import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The key under which everything secret in the database lies, 32 bytes. With SQLite it is made once and kept beside the
 * database; where nodes share a database it is given to all of them. @throws Error with one line
 */
export async function loadSecretKey(given: Buffer | undefined, dataFolder: string): Promise<Buffer> {
  if (given !== undefined) return given
  const file = join(dataFolder, 'secret-key')
  const fresh = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true })
  try {
    // Of two that start at once, one key stays.
    await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(fresh)
  }
  const key = parseSecretKey(await readFile(file, 'utf8'))
  if (key === undefined) throw new Error(`${file} holds no key of 32 bytes: bring it back from the backup.`)
  return key
}

/** Base64 of exactly 32 bytes, as `openssl rand -base64 32` prints it. */
export function parseSecretKey(text: string): Buffer | undefined {
  const clean = text.trim()
  const key = Buffer.from(clean, 'base64')
  return key.length === 32 && key.toString('base64') === clean ? key : undefined
}
