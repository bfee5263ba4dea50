import type { Outbound } from '../outbound/outbound.ts'
import type { Git } from '../repositories/git.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { connectionSettings, type Remote } from './remote.ts'
import { isSshAddress } from './ssh-address.ts'
import { openSsh } from './ssh-connection.ts'

/** After this long without a byte a connection is given up. */
const defaultStallSeconds = 120

/** What git needs to speak with a remote, over either protocol, until it is disposed of. @throws RemoteError */
export async function connect(
  parts: { git: Git; outbound: Outbound; limits: { stallSeconds?: number } },
  remote: Remote,
  signal: AbortSignal,
): Promise<{ settings: GitSetting[] } & AsyncDisposable> {
  const stallSeconds = parts.limits.stallSeconds ?? defaultStallSeconds
  if (isSshAddress(remote.url)) return openSsh(parts, remote, { stallSeconds, signal })
  const settings = await connectionSettings(parts.outbound, remote, stallSeconds)
  return { settings, [Symbol.asyncDispose]: () => Promise.resolve() }
}
