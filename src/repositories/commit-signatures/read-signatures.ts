import { Lru } from '../../protocols/lru.ts'
import { GitError } from '../git-error.ts'
import type { Git, GitObjects } from '../git.ts'
import { type ObjectSignature, readObjectSignature } from './read-signature.ts'

/** Where objects are read: a repository, and what was pushed to it where that still waits. */
export interface ObjectSource {
  git: Git
  folder: string
  objectDirectory?: string | undefined
}

// What bytes say does not change, whoever asks and wherever they lie.
const known = new Lru<string, ObjectSignature>(20_000)
const maxBytes = 1024 ** 2
const atOnce = 100

export const objectsOf = ({ git, folder, objectDirectory }: ObjectSource): GitObjects =>
  git.objects(folder, objectDirectory === undefined ? {} : { objectDirectory })

/** What each of these commits and tags says of its signer, by oid; those that are not there are left out. */
export async function readSignatures(
  source: ObjectSource,
  oids: readonly string[],
): Promise<Map<string, ObjectSignature>> {
  const objects = objectsOf(source)
  const found = new Map<string, ObjectSignature>()
  for (let from = 0; from < oids.length; from += atOnce)
    await Promise.all(
      oids.slice(from, from + atOnce).map(async (oid) => {
        const signature = known.get(oid) ?? (await readOne(objects, oid))
        if (signature === undefined) return
        known.set(oid, signature)
        found.set(oid, signature)
      }),
    )
  return found
}

async function readOne(objects: GitObjects, oid: string): Promise<ObjectSignature | undefined> {
  try {
    const object = await objects.read(oid, { maxBytes })
    if (object?.type !== 'commit' && object?.type !== 'tag') return undefined
    return readObjectSignature(object.type, object.content)
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'object-too-large') throw error
    return { state: 'broken', isMismatch: false, why: 'it is too large to be read', by: '' }
  }
}
