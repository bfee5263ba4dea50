import { type Dirent, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { incomingFolder, lfsFolder } from './lfs/object-store.ts'

/**
 * Takes away what a killed server or git left behind: quarantines, lock files, half-written packs and large files, the `.keep` of a push
 * that never finished. Call it before the first request is served, when no git runs: a lock found then has no owner.
 * Loose `tmp_obj_*` stay for `git prune`; they hurt nobody. Returns the paths that were removed.
 *
 * Nobody is served yet, so it holds the thread: of thousands of repositories that takes half the time.
 */
export function sweep(root: string): string[] {
  const removed = listRepositories(root).flatMap((folder) => listRemains(folder))
  for (const path of removed) rmSync(path, { recursive: true, force: true })
  return removed.sort()
}

function listRepositories(root: string): string[] {
  const within = (folder: string, pattern: RegExp): string[] =>
    entriesOf(folder)
      .filter(({ name }) => pattern.test(name))
      .map(({ name }) => join(folder, name))
  return within(root, /^[0-9a-f]{2}$/)
    .flatMap((first) => within(first, /^[0-9a-f]{2}$/))
    .flatMap((second) => within(second, /^[0-9a-f]{32}\.git$/))
}

/** What a kill leaves behind, by the part of a repository it lies in; no part is asked for that is not there. */
const parts: Record<string, RegExp> = {
  '.': /\.lock$|^packed-refs\.new$/,
  objects: /^(tmp_objdir-|incoming-)/,
  'objects/pack': /^(tmp_|\.tmp-)|\.lock$|^pack-[0-9a-f]+\.keep$/,
  'objects/info': /\.lock$|^tmp_/,
  'objects/info/commit-graphs': /\.lock$|^tmp_/,
  [lfsFolder]: /^$/,
  [`${lfsFolder}/${incomingFolder}`]: /./,
}

function listRemains(folder: string, part = '.'): string[] {
  const found: string[] = []
  for (const entry of entriesOf(join(folder, part))) {
    const inner = part === '.' ? entry.name : `${part}/${entry.name}`
    const path = join(folder, inner)
    if (parts[part]?.test(entry.name) === true) found.push(...(isRemains(path) ? [path] : []))
    else if (Object.hasOwn(parts, inner)) found.push(...listRemains(folder, inner))
    else if (inner === 'refs') found.push(...listLocks(path))
  }
  return found
}

/** Of a `.keep` only a push’s own; an operator’s has another text. */
const isRemains = (path: string): boolean =>
  !path.endsWith('.keep') || readFileSync(path, 'utf8').startsWith('receive-pack ')

function listLocks(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    // A symbolic link is no directory here: nothing outside is ever reached.
    if (entry.isDirectory()) return listLocks(path)
    return entry.name.endsWith('.lock') ? [path] : []
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
