import { hash } from 'node:crypto'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import type { Git } from './git.ts'
import { readRef } from './refs.ts'

/** Blob ids by path, of the tree that a ref of ours holds; none where there is no such ref yet. */
export async function listFiles(git: Git, folder: string, ref: string): Promise<Map<string, string>> {
  if ((await readRef(git, folder, ref)) === zeroOid) return new Map()
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--format=%(objectname) %(path)', ref], {
    repository: folder,
    maxOutputBytes: 256 * 1024 ** 2,
  })
  const lines = stdout.toString().split('\0').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

/**
 * One commit on top of a ref of ours, with what differs; none where nothing does.
 * @param wanted with what `listFiles` said of the ref, where that was just asked
 */
export async function appendFiles(
  git: Git,
  folder: string,
  {
    ref,
    files,
    message,
    at,
    ...wanted
  }: { ref: string; files: Map<string, Buffer>; message: string; at: number; known?: ReadonlyMap<string, string> },
): Promise<void> {
  const known = wanted.known ?? (await listFiles(git, folder, ref))
  const changed = [...files].filter(([path, bytes]) => known.get(path) !== blobOid(bytes))
  if (changed.length === 0) return
  const head = [
    `commit ${ref}`,
    `committer Postern <postern@localhost> ${Math.floor(at / 1000)} +0000`,
    `data ${Buffer.byteLength(message)}\n${message}`,
    ...(known.size === 0 ? [] : [`from ${ref}^0`]),
  ]
  const input: Uint8Array[] = [Buffer.from(`${head.join('\n')}\n`)]
  for (const [path, bytes] of changed)
    input.push(Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'))
  input.push(Buffer.from('\ndone\n'))
  // Without --force it refuses to lose what the ref holds.
  await git.run(['fast-import', '--quiet', '--done', '--date-format=raw'], {
    repository: folder,
    input: Buffer.concat(input),
  })
}

export const blobOid = (bytes: Buffer): string =>
  hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]), 'hex')
