import { ProblemError, notFound } from '../http/problem.ts'
import { findLfsObject } from './lfs/object-store.ts'
import { parseLfsPointer } from './lfs/pointer.ts'
import type { Source } from './revision.ts'
import type { FileView } from './shapes.ts'
import { isText, maxTextBytes } from './text.ts'
import { directoryMode, type Located, submoduleMode, symlinkMode } from './tree.ts'

/** @throws a problem for what is no file */
export function checkIsFile({ mode, oid }: Located): void {
  if (mode === directoryMode)
    throw new ProblemError(404, 'is-directory', 'This is a directory, not a file.', { help: 'Name a file in it.' })
  if (mode === submoduleMode)
    throw new ProblemError(
      404,
      'is-submodule',
      `This is a link to commit ${oid} of another repository, which is not here.`,
      { help: 'The file .gitmodules says where that repository is.' },
    )
}

/** What the file page shows; a symbolic link shows where it points and is never followed. */
export async function readFileContent(
  source: Source,
  file: Located,
): Promise<Pick<FileView, 'kind' | 'size' | 'text' | 'lfs'>> {
  checkIsFile(file)
  const objects = source.git.objects(source.folder)
  const header = await objects.info(file.oid)
  if (header === undefined) throw notFound('This file')
  const { size } = header
  if (size > maxTextBytes) return { kind: 'too-large', size, text: null, lfs: null }
  const content = (await objects.read(file.oid))?.content ?? Buffer.alloc(0)
  const text = content.toString()
  if (file.mode === symlinkMode) return { kind: 'symlink', size, text, lfs: null }
  if (!isText(content)) return { kind: 'binary', size, text: null, lfs: null }
  return { kind: 'text', size, text, lfs: await describeLfs(source.folder, text) }
}

async function describeLfs(folder: string, text: string): Promise<FileView['lfs']> {
  const pointer = parseLfsPointer(text)
  return pointer === undefined
    ? null
    : { ...pointer, isHere: (await findLfsObject(folder, pointer.oid)) === pointer.size }
}
