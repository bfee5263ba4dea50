import type { Outbound } from '../outbound/outbound.ts'
import type { LfsPointer } from '../repositories/lfs/pointer.ts'
import { basicHeader, fromOutbound, type Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'

/** Where one file is to be had, or why it is not. */
export interface LfsDownload {
  oid: string
  href: string | undefined
  headers: Record<string, string>
  error: string | undefined
}

const timeoutMs = 60_000
const maxBytes = 4 * 1024 ** 2
const json = 'application/vnd.git-lfs+json'

/** git-lfs docs/api/server-discovery.md: derived from the repository's address; what `.lfsconfig` names is not followed. */
export function lfsEndpoint({ url }: Pick<Remote, 'url'>): string {
  const plain = url.replace(/\/+$/, '')
  return `${plain.endsWith('.git') ? plain : `${plain}.git`}/info/lfs`
}

/** git-lfs docs/api/batch.md. @throws RemoteError where the other server answers none of it */
export async function askLfsBatch(
  outbound: Outbound,
  { remote, files, signal }: { remote: Remote; files: readonly LfsPointer[]; signal: AbortSignal },
): Promise<LfsDownload[]> {
  const authorization = basicHeader(remote)
  const { status, body, isCut } = await outbound
    .request(`${lfsEndpoint(remote)}/objects/batch`, {
      method: 'POST',
      headers: {
        accept: json,
        'content-type': json,
        'user-agent': 'git-lfs/3.3 (Postern)',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({
        operation: 'download',
        transfers: ['basic'],
        objects: files.map(({ oid, size }) => ({ oid, size })),
      }),
      timeoutMs,
      maxResponseBytes: maxBytes,
      signal,
    })
    .catch((error: unknown) => {
      throw fromOutbound(error)
    })
  if (status === 401 || status === 403)
    throw new RemoteError('lfs', 'The other server does not give them out with this user name and password.')
  if (status !== 200) throw new RemoteError('lfs', `The other server has no Git LFS at this address (${status}).`)
  const objects = isCut ? undefined : readObjects(body)
  if (objects === undefined) throw new RemoteError('lfs', 'The other server’s answer about them could not be read.')
  return objects
}

/** Undefined for what is no such answer; a stranger wrote it. */
function readObjects(body: Buffer): LfsDownload[] | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body.toString())
  } catch {
    return undefined
  }
  const { objects } = asRecord(answer)
  if (!Array.isArray(objects)) return undefined
  return objects.map((each) => {
    const { oid, actions, error } = asRecord(each)
    const { href, header } = asRecord(asRecord(actions)['download'])
    const { code } = asRecord(error)
    return {
      oid: String(oid),
      href: typeof href === 'string' && URL.canParse(href) ? href : undefined,
      headers: readHeaders(header),
      error: code === 404 ? 'The other server does not have it either.' : undefined,
    }
  })
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Only what says who asks, and nothing that changes how a request is read. */
function readHeaders(header: unknown): Record<string, string> {
  const isPlain = ([name, value]: [string, unknown]): boolean =>
    /^(authorization|accept|x-[a-z\d-]{1,60})$/i.test(name) &&
    typeof value === 'string' &&
    /^[\x20-\x7e]{0,4096}$/.test(value)
  const given = Object.entries(asRecord(header)).slice(0, 20).filter(isPlain) as [string, string][]
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value]))
}
