import { sha256 } from '../../protocols/sha256.ts'
import { SealError } from './seal-error.ts'

/** One path that differs between two trees, as `git diff-tree --raw` tells it; zeros where a side has no such path. */
export interface PatchEntry {
  oldMode: string
  newMode: string
  oldOid: string
  newOid: string
  /** Bytes: git does not say what encoding a path is in. */
  path: Buffer
}

/**
 * Options of `git diff-tree` before `--end-of-options <merge base> <head>` whose output `parseRawDiff` reads. Without
 * the last one, a .gitmodules file could hide that a submodule changed.
 */
export const RAW_DIFF = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--ignore-submodules=none']

const HEAD = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\d{0,3}$/

/** Reads the output of `git diff-tree` with RAW_DIFF between two trees. Throws SealError `patch-malformed`. */
export function parseRawDiff(bytes: Uint8Array): PatchEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: PatchEntry[] = []
  for (let at = 0; at < buffer.length;) {
    const headEnd = buffer.indexOf(0, at)
    const pathEnd = headEnd < 0 ? -1 : buffer.indexOf(0, headEnd + 1)
    const [, oldMode, newMode, oldOid, newOid] = HEAD.exec(buffer.toString('latin1', at, Math.max(headEnd, at))) ?? []
    if (pathEnd <= headEnd + 1 || !oldMode || !newMode || !oldOid || !newOid) {
      throw new SealError('patch-malformed', 'not the raw differences of two trees')
    }
    entries.push({ oldMode, newMode, oldOid, newOid, path: Buffer.from(buffer.subarray(headEnd + 1, pathEnd)) })
    at = pathEnd + 1
  }
  return entries
}

/**
 * SHA-256, hex, over `<old mode> <new mode> <old oid> <new oid> <path> NUL` of each entry, in byte order of the paths.
 * By whole contents on both sides, not by hunks: the same lines somewhere else in a file are another change.
 * Throws SealError `patch-malformed` where one path stands twice.
 */
export function patchDigest(entries: readonly PatchEntry[]): string {
  const sorted = entries.toSorted((a, b) => a.path.compare(b.path))
  const parts: Buffer[] = []
  for (const [index, { oldMode, newMode, oldOid, newOid, path }] of sorted.entries()) {
    if (sorted[index - 1]?.path.equals(path)) throw new SealError('patch-malformed', 'one path stands twice')
    parts.push(Buffer.from(`${oldMode} ${newMode} ${oldOid} ${newOid} `), path, NUL)
  }
  return sha256(Buffer.concat(parts)).toString('hex')
}

const NUL = Buffer.of(0)
