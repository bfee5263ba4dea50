import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Place } from './place.ts'

/** Where everything of this person on this machine lies, that none of its other users may read. */
export const ownFolder = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'postern')

/** The part of it that is about one instance; made where it is missing. */
export async function placeFolder(env: NodeJS.ProcessEnv, place: Place): Promise<string> {
  const folder = join(ownFolder(env), place.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Also where somebody made them with a looser mask.
  for (const each of [ownFolder(env), folder]) await chmod(each, 0o700)
  return folder
}

/** The origins that somebody has signed in to from here. */
export async function listKnownOrigins(env: NodeJS.ProcessEnv): Promise<string[]> {
  const names = await readdir(ownFolder(env)).catch(() => [])
  const origins = await Promise.all(names.map((name) => readText(join(ownFolder(env), name, originFile))))
  return [...new Set(origins.flatMap((text) => (text === undefined ? [] : [text.trim()])))]
}

export const originFile = 'origin'

/** Undefined where there is no such file. */
export const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined)

/** Replaces a file as a whole, readable by its owner alone: whoever reads it meanwhile sees the former or the new one. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(fresh, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file).catch(async (error: unknown) => {
    await rm(fresh, { force: true })
    throw error
  })
}
