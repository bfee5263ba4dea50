/**
 * The large files of one repository, in its own folder and nowhere else: `lfs/objects/ab/cd/<oid>`, where git-lfs itself
 * looks in a bare repository. What another repository holds is neither looked for nor linked, so that an oid somebody
 * knows opens nothing. A file stands under its name when it is whole, checked and durable.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ProblemError } from '../../http/problem.ts'
import { isLfsOid } from './pointer.ts'

export const lfsFolder = 'lfs'
/** Below `lfs/`: what arrives. The sweep takes away what a kill left there. */
export const incomingFolder = 'incoming'

function objectPath(repository: string, oid: string): string {
  if (!isLfsOid(oid)) throw new TypeError('not the name of a large file')
  return join(repository, lfsFolder, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid)
}

/** How many bytes it has; undefined where it is not here. */
export async function findLfsObject(repository: string, oid: string): Promise<number | undefined> {
  const found = await stat(objectPath(repository, oid)).catch(undefinedIfMissing)
  return found?.isFile() === true ? found.size : undefined
}

export async function openLfsObject(
  repository: string,
  oid: string,
): Promise<{ handle: FileHandle; size: number } | undefined> {
  const handle = await open(objectPath(repository, oid)).catch(undefinedIfMissing)
  return handle && { handle, size: (await handle.stat()).size }
}

/**
 * Keeps a file that arrives. `mayStay` is asked when all of it is here and before it stands under its name. One that is
 * here already is read and compared like any other, and takes no room on the disk.
 * @throws ProblemError 422 where the bytes are others, 404 where the repository is gone; whatever the disk says
 */
export async function keepLfsObject(
  repository: string,
  arriving: { oid: string; size: number; body: Readable; mayStay: () => Promise<void>; signal?: AbortSignal },
): Promise<void> {
  const { oid, size, body, mayStay, signal } = arriving
  const path = objectPath(repository, oid)
  const incoming = join(repository, lfsFolder, incomingFolder)
  const staged = join(incoming, `${oid.slice(0, 16)}-${randomBytes(8).toString('hex')}`)
  try {
    const isHere = (await findLfsObject(repository, oid)) === size
    if (!isHere) await makeFolders(repository, incoming)
    const sum = createHash('sha256')
    let bytes = 0
    async function* counted(): AsyncGenerator<Buffer> {
      // Left as it is where the disk refuses: whoever sends must still be told.
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > size) throw otherBytes()
        sum.update(chunk)
        yield chunk
      }
    }
    // It is there before anything can fail: made any later, it could come when it was already taken away. Durable before
    // it has a name.
    const file = isHere ? nowhere() : (await open(staged, 'wx', 0o600)).createWriteStream({ flush: true })
    await pipeline(counted, file, signal === undefined ? {} : { signal })
    if (bytes !== size || sum.digest('hex') !== oid) throw otherBytes()
    await mayStay()
    if (isHere) return
    await makeFolders(repository, dirname(path))
    await rename(staged, path)
    await synchronise(dirname(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw repositoryGone(error)
    throw error
  } finally {
    await rm(staged, { force: true })
  }
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, written) => written() })

/** Whether any file was ever brought here. */
export const hasLfsObjects = (repository: string): Promise<boolean> =>
  stat(join(repository, lfsFolder)).then(
    () => true,
    () => false,
  )

/** All bytes of a repository's large files. @throws where the disk does not say: nobody may take that for none */
export async function sumLfsObjects(repository: string): Promise<number> {
  const root = join(repository, lfsFolder, 'objects')
  const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(undefinedIfMissing)) ?? []
  const shardsIn = async (folder: string): Promise<string[]> =>
    (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))
  let bytes = 0
  for (const first of await shardsIn(root))
    for (const second of await shardsIn(join(root, first))) {
      const folder = join(root, first, second)
      const found = await Promise.all(
        (await namesIn(folder)).map((name) => stat(join(folder, name)).catch(undefinedIfMissing)),
      )
      for (const each of found) bytes += each?.size ?? 0
    }
  return bytes
}

/** One after the other from the repository's own folder, which is never made: it may have been deleted meanwhile. */
async function makeFolders(repository: string, folder: string): Promise<void> {
  const missing: string[] = []
  for (let at = folder; at !== repository; at = dirname(at)) missing.unshift(at)
  for (const each of missing) {
    const isNew = await mkdir(each, { mode: 0o700 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
        return false
      },
    )
    if (isNew) await synchronise(dirname(each))
  }
}

async function synchronise(folder: string): Promise<void> {
  await using handle = await open(folder)
  await handle.sync()
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

export const otherBytes = (): ProblemError =>
  new ProblemError(
    422,
    'lfs-other-bytes',
    'What came is not the file that was named: its size or SHA-256 is another.',
    {
      help: 'Nothing of it was kept. Run git lfs fsck, then push again.',
    },
  )

const repositoryGone = (cause: unknown): ProblemError =>
  new ProblemError(404, 'not-found', 'This repository does not exist, or you may not see it.', {
    help: 'It was deleted or changed while the file arrived.',
    cause,
  })
