import type { Outbound } from '../outbound/outbound.ts'
import { explainStatus, type GitService } from './explain-status.ts'
import { type Advertisement, parseAdvertisement } from './parse-advertisement.ts'
import { basicHeader, fromOutbound, type Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'

const timeoutMs = 60_000
// A list of a quarter of a million refs.
const maxBytes = 32 * 1024 ** 2

/**
 * Asks the other server what git will ask first, so that what is wrong can be said in a sentence: address, password,
 * redirect, no repository, no Git at all. @throws RemoteError
 */
async function ask(
  outbound: Outbound,
  remote: Remote,
  service: GitService,
  { headers, signal }: { headers: Record<string, string>; signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const url = `${remote.url.replace(/\/+$/, '')}/info/refs?service=${service}`
  const authorization = basicHeader(remote)
  const answer = await outbound
    .request(url, {
      timeoutMs,
      maxResponseBytes: maxBytes,
      headers: {
        // Some servers talk Git only to what calls itself git.
        'user-agent': 'git/2.40 (Postern)',
        accept: '*/*',
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(signal === undefined ? {} : { signal }),
    })
    .catch((error: unknown) => {
      throw fromOutbound(error)
    })
  const header = (name: string): string | undefined => answer.headers.find(([each]) => each === name)?.[1]
  if (answer.status !== 200)
    throw explainStatus(answer.status, {
      url: remote.url,
      service,
      hasPassword: authorization !== undefined,
      location: header('location'),
    })
  if (header('content-type')?.split(';')[0]?.trim() !== `application/x-${service}-advertisement`)
    throw new RemoteError(
      'not-git',
      'There is no Git repository at this address, or its server speaks an old protocol.',
    )
  if (answer.isCut)
    throw new RemoteError('too-many-refs', 'The other repository has more branches and tags than fit here.')
  return answer.body
}

/** @throws RemoteError where it could not be fetched from */
export async function checkReadable(outbound: Outbound, remote: Remote, signal?: AbortSignal): Promise<void> {
  const body = await ask(outbound, remote, 'git-upload-pack', { headers: { 'git-protocol': 'version=2' }, signal })
  if (/object-format=sha256/.test(body.toString('latin1'))) throw sha256Error()
}

export const sha256Error = () =>
  new RemoteError('sha256', 'The other repository names its objects by SHA-256; only SHA-1 can be used here.')

/** What is there now, before a push. @throws RemoteError where it could not be pushed to */
export async function discoverRefs(outbound: Outbound, remote: Remote, signal?: AbortSignal): Promise<Advertisement> {
  const body = await ask(outbound, remote, 'git-receive-pack', { headers: {}, signal })
  try {
    return parseAdvertisement(body)
  } catch (error) {
    throw new RemoteError('not-git', 'The other server’s list of branches could not be read.', error)
  }
}
