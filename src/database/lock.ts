import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Takes the data folder for this process. SQLite's own file lock does it: the operating system frees it when the
 * process dies, however it dies. Returns what releases it, or undefined when another process holds the folder.
 */
export function lockDataFolder(folder: string): (() => void) | undefined {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return undefined // SQLITE_BUSY
    throw error
  }
  return () => database.close()
}
