import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { incomingFolder, lfsFolder } from './lfs/object-store.ts'

const atOnce = 16

/**
 * Takes away what a killed server or git left behind: quarantines, lock files, half-written packs and large files, the `.keep` of a push
 * that never finished. Call it before the first request is served, when no git runs: a lock found then has no owner.
 * Loose `tmp_obj_*` stay for `git prune`; they hurt nobody. Returns the paths that were removed.
 */
export async function sweep(root: string): Promise<string[]> {
  const removed: string[] = []
  const repositories = await listRepositories(root)
  const sweepNext = async (): Promise<void> => {
    for (let folder = repositories.pop(); folder !== undefined; folder = repositories.pop()) {
      for (const path of await listRemains(folder)) {
        await rm(path, { recursive: true, force: true })
        removed.push(path)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sweepNext))
  return removed.sort()
}

async function listRepositories(root: string): Promise<string[]> {
  const found: string[] = []
  for (const first of await namesIn(root, /^[0-9a-f]{2}$/)) {
    for (const second of await namesIn(join(root, first), /^[0-9a-f]{2}$/)) {
      const shard = join(root, first, second)
      for (const name of await namesIn(shard, /^[0-9a-f]{32}\.git$/)) found.push(join(shard, name))
    }
  }
  return found
}

async function listRemains(folder: string): Promise<string[]> {
  const at = async (part: string, pattern: RegExp): Promise<string[]> =>
    (await namesIn(join(folder, part), pattern)).map((name) => join(folder, part, name))
  const keeps = await at('objects/pack', /^pack-[0-9a-f]+\.keep$/)
  return [
    ...(await at('.', /\.lock$|^packed-refs\.new$/)),
    ...(await at('objects', /^(tmp_objdir-|incoming-)/)),
    ...(await at('objects/pack', /^(tmp_|\.tmp-)|\.lock$/)),
    ...(await at('objects/info', /\.lock$|^tmp_/)),
    ...(await at(join(lfsFolder, incomingFolder), /./)),
    ...(await at('objects/info/commit-graphs', /\.lock$|^tmp_/)),
    ...(await listLocks(join(folder, 'refs'))),
    // Only a push's own; an operator's keep has another text.
    ...(await filter(keeps, async (path) => (await readFile(path, 'utf8')).startsWith('receive-pack '))),
  ]
}

async function listLocks(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    // A symbolic link is no directory here: nothing outside is ever reached.
    if (entry.isDirectory()) found.push(...(await listLocks(path)))
    else if (entry.name.endsWith('.lock')) found.push(path)
  }
  return found
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => pattern.test(name))
}

async function filter(paths: string[], keep: (path: string) => Promise<boolean>): Promise<string[]> {
  const kept: string[] = []
  for (const path of paths) if (await keep(path)) kept.push(path)
  return kept
}
