import { conflict, invalid, ProblemError } from '../../http/problem.ts'
import type { Source } from '../revision.ts'
import { directoryMode, parseTree, submoduleMode, symlinkMode } from '../tree.ts'
import { type NewObject, objectOid } from '../write-objects.ts'
import { checkPart } from './check-part.ts'
import type { DecodedChange } from './decode-changes.ts'

type Folder = Map<string, Entry>
interface Entry {
  mode: string
  oid: string
  /** Of a folder, once it was looked into. */
  folder?: Folder
}

// A few hundred bytes of request can name a hundred folders, each of which is read, sorted and written anew.
const mostEntries = 100_000

/** Names as git has them, byte by byte: what is no UTF-8 goes through unharmed. */
const keyOf = (part: string): string => Buffer.from(part).toString('latin1')

/**
 * The tree that these changes make of `root`, and the objects that it takes. Paths are followed entry by entry, so that no
 * spelling leads out of the tree, and through no link. Nothing is written. @throws 409, 413, 422
 */
export async function editTree(
  { git, folder }: Source,
  root: string,
  changes: readonly DecodedChange[],
): Promise<{ tree: string; objects: Map<string, NewObject> }> {
  const objects = new Map<string, NewObject>()
  const keep = (object: NewObject): string => {
    const oid = objectOid(object)
    objects.set(oid, object)
    return oid
  }
  const top: Entry = { mode: directoryMode, oid: root }
  let entriesRead = 0
  for (const change of changes) await carryOut(change)
  return { tree: render(top) ?? keep({ kind: 'tree', bytes: Buffer.alloc(0) }), objects }

  async function carryOut(change: DecodedChange): Promise<void> {
    const { action, path, content } = change
    const { entry, at, key } = await find(path, change.pathField, action === 'add' || action === 'write')
    if (action === 'remove' || action === 'rename') {
      if (entry === undefined)
        throw conflict('path-missing', `There is no file ${path}.`, { help: 'Look at the branch again.' })
      checkIsFile(entry, path)
      at.delete(key)
      if (action === 'remove') return
      const { to, toField } = change
      const target = await find(to, toField, true)
      if (target.entry !== undefined) throw exists(to)
      target.at.set(target.key, content === undefined ? entry : { mode: checkIsText(entry, path), oid: blob(content) })
      return
    }
    if (entry === undefined) return void at.set(key, { mode: '100644', oid: blob(content) })
    checkIsFile(entry, path)
    if (action === 'add') throw exists(path)
    at.set(key, { mode: checkIsText(entry, path), oid: blob(content) })
  }

  function blob(bytes: Buffer): string {
    return keep({ kind: 'blob', bytes })
  }

  /** Makes the folders on the way where they are missing. */
  async function find(path: string, field: string, isMaking: boolean) {
    const parts = path.split('/')
    const key = keyOf(parts.at(-1) ?? '')
    let at = await open(top)
    for (const [index, part] of parts.slice(0, -1).entries()) {
      let next = at.get(keyOf(part))
      if (next === undefined) {
        if (isMaking) checkNew(part, field)
        next = { mode: directoryMode, oid: '', folder: new Map() }
        if (isMaking) at.set(keyOf(part), next)
      }
      if (next.mode !== directoryMode) throw noFolder(parts.slice(0, index + 1).join('/'))
      at = await open(next)
    }
    const there = at.get(key)
    // A folder from which all was taken is gone, and a file may have its name.
    const entry = there !== undefined && isEmpty(there) ? undefined : there
    if (entry === undefined && isMaking) checkNew(parts.at(-1) ?? '', field)
    return { entry, at, key }
  }

  async function open(entry: Entry): Promise<Folder> {
    if (entry.folder !== undefined) return entry.folder
    const tree = await git.objects(folder).read(entry.oid)
    if (tree === undefined) throw new Error(`${entry.oid} is not there`)
    const entries = parseTree(tree.content)
    entriesRead += entries.length
    if (entriesRead > mostEntries) throw tooWide()
    entry.folder = new Map(entries.map(({ mode, oid, bytes }) => [bytes.toString('latin1'), { mode, oid }]))
    return entry.folder
  }

  /** Undefined for a folder with nothing left in it: git keeps none. */
  function render(entry: Entry): string | undefined {
    if (entry.folder === undefined) return entry.oid
    const entries = [...entry.folder].flatMap(([name, inside]) => {
      const oid = inside.mode === directoryMode ? render(inside) : inside.oid
      return oid === undefined ? [] : [{ mode: inside.mode, oid, name }]
    })
    if (entries.length === 0) return undefined
    const sortName = ({ name, mode }: { name: string; mode: string }) => (mode === directoryMode ? `${name}/` : name)
    entries.sort((one, other) => (sortName(one) < sortName(other) ? -1 : 1))
    const lines = entries.flatMap(({ mode, name, oid }) => [
      // git writes folders without their leading zero.
      Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`, 'latin1'),
      Buffer.from(oid, 'hex'),
    ])
    const object: NewObject = { kind: 'tree', bytes: Buffer.concat(lines) }
    return objectOid(object) === entry.oid ? entry.oid : keep(object)
  }
}

const isEmpty = ({ folder }: Entry): boolean => folder !== undefined && [...folder.values()].every(isEmpty)

function checkNew(part: string, field: string): void {
  const sentence = checkPart(part)
  if (sentence !== undefined) throw invalid(field, sentence)
}

function checkIsFile({ mode }: Entry, path: string): void {
  if (mode === directoryMode)
    throw conflict('is-directory', `${path} is a folder here.`, { help: 'Name a file in it, or choose another name.' })
  if (mode === submoduleMode)
    throw conflict('is-submodule', `${path} is a link to another repository.`, {
      help: 'Change it in a clone with git submodule.',
    })
}

/** To write through a link would change another file than was named. */
function checkIsText({ mode }: Entry, path: string): string {
  if (mode === symlinkMode)
    throw conflict('is-symlink', `${path} is a symbolic link.`, { help: 'Change the file that it leads to.' })
  return mode
}

const exists = (path: string) =>
  conflict('path-taken', `There is a file ${path} already.`, { help: 'Choose another name, or edit that file.' })

const noFolder = (path: string) =>
  conflict('not-a-folder', `${path} is no folder here, so nothing can be put below it.`, {
    help: 'Choose another name.',
  })

const tooWide = (): ProblemError =>
  new ProblemError(413, 'too-large', `The folders of these files have more than ${mostEntries} entries together.`, {
    help: 'Change files of fewer folders at once, or push it with git.',
  })
