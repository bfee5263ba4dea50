import { type Git, GitError } from '../repositories/git.ts'
import type { GitSetting } from '../repositories/git-environment.ts'
import { sha256Error } from './discover.ts'
import { explainFetch } from './explain-fetch.ts'
import type { Advertisement } from './parse-advertisement.ts'
import type { Remote } from './remote.ts'
import { RemoteError } from './remote-error.ts'

/**
 * What is there before a push over SSH, as git lists it. Whether it takes several refs together shows only in the push,
 * so it is taken to. @throws RemoteError
 */
export async function listSshRefs(
  git: Git,
  remote: Remote,
  { config, signal }: { config: readonly GitSetting[]; signal: AbortSignal },
): Promise<Advertisement> {
  const options = { config, signal, timeoutMs: 180_000, maxOutputBytes: 32 * 1024 ** 2 }
  const { stdout } = await git.run(['ls-remote', '--refs', '--', remote.url], options).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error
    if (error.code === 'git-output-too-large')
      throw new RemoteError(
        'too-many-refs',
        'The other repository has more branches and tags than fit here. Delete some there first.',
      )
    if (error.code === 'git-timeout')
      throw new RemoteError('timed-out', `${new URL(remote.url).host} gave no answer in time. Try again later.`)
    if (error.code !== 'git-failed') throw error
    throw explainFetch(error.detail, { url: remote.url, service: 'git-receive-pack', hasPassword: true })
  })
  const lines = stdout.toString().split('\n').filter(Boolean)
  if (lines.some((line) => /^[0-9a-f]{64}\t/.test(line))) throw sha256Error()
  return { refs: new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)])), capabilities: new Set(['atomic']) }
}
