import type { FastifyReply } from 'fastify'
import { notFound } from '../http/problem.ts'
import { refuseRunawayAttributes } from './archive-attributes.ts'
import { checkIsFile } from './file.ts'
import { findLfsObject, openLfsObject } from './lfs/object-store.ts'
import { largestPointer, type LfsPointer, parseLfsPointer } from './lfs/pointer.ts'
import { sendLfsObject } from './lfs/send-object.ts'
import type { Revision, Source } from './revision.ts'
import { holderOf, letGoIdle, shareWhileOpen } from './stream-holder.ts'
import { type Located, symlinkMode } from './tree.ts'

/** Types that a browser may show as an image; everything else is bytes, whatever it claims to be. */
const images: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

/** What people pushed is never a page of ours: no script, no origin, no guess at its type (decision 41). */
function asDownload(reply: FastifyReply, type: string, fileName: string): FastifyReply {
  return reply
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', contentDisposition(fileName))
    .type(type)
}

/** RFC 6266 §4.3: the name in ASCII for old readers, and as it is in UTF-8 (RFC 8187). */
function contentDisposition(fileName: string): string {
  const name = fileName.toWellFormed().replaceAll(/[\p{C}/\\]/gu, '_') || 'file'
  const ascii = name.replaceAll(/[^\x20-\x7e]|["%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** The bytes of one file as they are, also where Git LFS keeps them; of a symbolic link where it points to. */
export async function sendRaw(
  reply: FastifyReply,
  { git, folder }: Source,
  file: Located,
  path: string,
): Promise<FastifyReply> {
  checkIsFile(file)
  const header = await git.objects(folder).info(file.oid)
  if (header?.type !== 'blob') throw notFound('This file')
  const name = path.slice(path.lastIndexOf('/') + 1)
  const type = images[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
  letGoIdle(reply)
  const pointer =
    header.size <= largestPointer && file.mode !== symlinkMode
      ? parseLfsPointer((await git.objects(folder).read(file.oid))?.content.toString() ?? '')
      : undefined
  if (pointer !== undefined && (await findLfsObject(folder, pointer.oid)) === pointer.size)
    return sendLarge(asDownload(reply, type, name), { git, folder }, pointer)
  const { stdout } = await git.stream(['cat-file', 'blob', file.oid], {
    repository: folder,
    holder: holderOf(reply.request),
  })
  return asDownload(reply, type, name).header('content-length', header.size).send(stdout)
}

/** Counted as what git streams, until the last byte or the end of whoever reads it. */
async function sendLarge(reply: FastifyReply, { git, folder }: Source, { oid }: LfsPointer): Promise<FastifyReply> {
  shareWhileOpen(git, reply)
  const found = await openLfsObject(folder, oid)
  if (found === undefined) throw notFound('This file')
  return sendLfsObject(reply, found)
}

export const archiveFormats = { 'tar.gz': 'application/gzip', zip: 'application/zip' } as const
export type ArchiveFormat = keyof typeof archiveFormats

/** All files of a commit, below one folder named after repository and revision. */
export async function sendArchive(
  reply: FastifyReply,
  { git, folder }: Source,
  wanted: { repository: string; revision: Revision; format: ArchiveFormat },
): Promise<FastifyReply> {
  const { repository, revision, format } = wanted
  const name = `${repository}-${revision.name.replaceAll(/[^\w.-]+/g, '-').replaceAll('..', '-')}`
  await refuseRunawayAttributes({ git, folder }, revision.oid)
  letGoIdle(reply)
  const { stdout } = await git.stream(
    ['archive', `--format=${format}`, `--prefix=${name}/`, '--end-of-options', revision.oid],
    { repository: folder, holder: holderOf(reply.request) },
  )
  return asDownload(reply, archiveFormats[format], `${name}.${format}`).send(stdout)
}
