import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Whoever reads it meanwhile, or after a power cut, sees the former or the new one, whole. */
export async function replaceFile(file: string, text: string, mode = 0o644): Promise<void> {
  const fresh = `${file}.${process.pid}.new`
  const handle = await open(fresh, 'w', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
  // Windows opens no folders, and needs no telling.
  const folder = await open(dirname(file), 'r').catch(() => undefined)
  await folder?.sync().finally(() => folder.close())
}
