import { type Static, Type } from 'typebox'
import { inOneLine, ProblemError } from '../../http/problem.ts'
import type { LfsRoom } from './limits.ts'
import { findLfsObject } from './object-store.ts'
import { isLfsOid, type LfsPointer } from './pointer.ts'

// Clients may say more than the specification names.
const open = { additionalProperties: true }
const mostObjects = 1000

/** git-lfs docs/api/batch.md, “Requests”. */
export const LfsBatch = Type.Object(
  {
    operation: Type.Union([Type.Literal('download'), Type.Literal('upload')]),
    transfers: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
    hash_algo: Type.Optional(Type.String()),
    objects: Type.Array(Type.Object({ oid: Type.String(), size: Type.Integer({ minimum: 0 }) }, open), {
      maxItems: mostObjects,
    }),
  },
  open,
)
export type LfsBatch = Static<typeof LfsBatch>

type Header = Record<string, string>
interface Action {
  href: string
  header?: Header
  expires_in?: number
}
type Answered = LfsPointer & { authenticated?: true } & (
    | { actions?: { download: Action } | { upload: Action; verify: Action } }
    | { error: { code: number; message: string } }
  )

/**
 * Which of these files are here, and at which address each is fetched or left. The addresses are routes like every
 * other, judged at each request: to know one is worth nothing.
 * @throws ProblemError 409 for another hash, 422 where the client cannot do it the one way we do
 */
export async function answerLfsBatch(
  batch: LfsBatch,
  parts: {
    folder: string
    /** `https://host/project/repository.git/info/lfs` */
    address: string
    room: LfsRoom
    /** Of whoever came with what SSH gave them: their client shows nothing else at the addresses. */
    shown: { header: Header; seconds: number } | undefined
  },
): Promise<{ transfer: 'basic'; hash_algo: 'sha256'; objects: Answered[] }> {
  const { operation, transfers = ['basic'], hash_algo = 'sha256' } = batch
  if (hash_algo !== 'sha256')
    throw new ProblemError(409, 'lfs-hash', 'Files of Git LFS are named by their SHA-256 here.', {
      help: 'Install a newer git-lfs.',
    })
  if (!transfers.includes('basic'))
    throw new ProblemError(422, 'lfs-transfer', 'Files of Git LFS come and go one by one here (transfer “basic”).', {
      help: 'Take lfs.standalonetransferagent out of your configuration.',
    })
  const objects: Answered[] = []
  for (const { oid, size } of batch.objects) objects.push(await answerOne({ oid, size }, operation, parts))
  return { transfer: 'basic', hash_algo: 'sha256', objects }
}

async function answerOne(
  { oid, size }: LfsPointer,
  operation: LfsBatch['operation'],
  { folder, address, room, shown }: Parameters<typeof answerLfsBatch>[1],
): Promise<Answered> {
  const failed = (code: number, message: string): Answered => ({ oid, size, error: { code, message } })
  if (!isLfsOid(oid)) return failed(422, 'This is not the SHA-256 of a file.')
  const here = await findLfsObject(folder, oid)
  if (here !== undefined && here !== size) return failed(422, `This file has ${here} bytes, not ${size}.`)
  const more = shown === undefined ? {} : { header: shown.header, expires_in: shown.seconds }
  const answered: Answered = { oid, size, ...(shown === undefined ? {} : { authenticated: true as const }) }
  const href = `${address}/objects/${oid}`
  if (operation === 'download')
    return here === undefined
      ? failed(404, 'This file is not here. Whoever has it can bring it: git lfs push --all origin')
      : { ...answered, actions: { download: { href, ...more } } }
  if (here !== undefined) return answered
  try {
    await room.check(folder, size)
  } catch (error) {
    if (error instanceof ProblemError) return failed(error.status, inOneLine(error))
    throw error
  }
  const upload = { href, ...more, header: { ...shown?.header, 'Content-Type': 'application/octet-stream' } }
  return { ...answered, actions: { upload, verify: { href: `${address}/verify`, ...more } } }
}
