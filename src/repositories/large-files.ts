import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Git, GitError } from './git.ts'
import { readPackIndex } from './pack-index.ts'

/** An object over the limit; `path` where some new commit names it. */
export interface LargeFile {
  oid: string
  bytes: number
  path: string | undefined
}

/** The first object in a push's quarantine that is larger than allowed: asked of the pack's index, not of all history. */
export async function findLargeFile(
  git: Git,
  wanted: { folder: string; quarantine: string; tips: readonly string[]; maxBytes: number },
): Promise<LargeFile | undefined> {
  const { folder, quarantine, maxBytes } = wanted
  const packs = await readdir(join(quarantine, 'pack')).catch(() => [])
  for (const name of packs.filter((entry) => entry.endsWith('.idx'))) {
    const oids = [...readPackIndex(await readFile(join(quarantine, 'pack', name)))]
    const { stdout } = await git.run(['cat-file', '--batch-check=%(objectsize)', '--buffer'], {
      repository: folder,
      objectDirectory: quarantine,
      input: `${oids.join('\n')}\n`,
      maxOutputBytes: 256 * 1024 ** 2,
      timeoutMs: 30 * 60_000,
    })
    const sizes = stdout.toString('latin1').split('\n')
    const at = sizes.findIndex((size) => Number(size) > maxBytes)
    const oid = oids[at]
    if (oid !== undefined) return { oid, bytes: Number(sizes[at]), path: await findPath(git, wanted, oid) }
  }
  return undefined
}

async function findPath(
  git: Git,
  { folder, quarantine, tips }: { folder: string; quarantine: string; tips: readonly string[] },
  oid: string,
) {
  try {
    const { stdout } = await git.run(['rev-list', '--objects', ...tips, '--not', '--all'], {
      repository: folder,
      objectDirectory: quarantine,
      maxOutputBytes: 64 * 1024 ** 2,
    })
    return stdout
      .toString()
      .split('\n')
      .find((line) => line.startsWith(`${oid} `))
      ?.slice(41)
  } catch (error) {
    // Only the name is lost; the refusal stands.
    if (error instanceof GitError) return undefined
    throw error
  }
}
