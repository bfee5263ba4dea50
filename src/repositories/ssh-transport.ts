import type { Readable } from 'node:stream'
import { notFound } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import type { PlaceParts } from './access.ts'
import { feedStream } from './feed-stream.ts'
import type { Git } from './git.ts'
import type { GitAnswer } from './git-answer.ts'
import { admitToGit } from './git-guard.ts'
import { onBehalfOf } from './on-behalf.ts'
import type { RepositoryPlace } from './place.ts'
import { pour } from './pour.ts'
import type { Push, PushParts } from './push-parts.ts'
import { receivePack } from './receive-pack.ts'
import type { GitService } from './upload-pack.ts'

/** One run of git's protocol over a stream that both sides talk on, gitprotocol-pack(5). */
interface GitTalk {
  service: GitService
  path: { project: string; repository: string }
  protocolVersion: 0 | 1 | 2
  caller: Caller
  /** The same caller as their credential proves them now; undefined, or thrown, where it no longer does. */
  recognise: () => Promise<Caller | undefined>
  /** Unread. */
  input: Readable
  answer: GitAnswer
}

/** Fetches and pushes over SSH, judged by the same functions as over HTTPS. Resolves with git's exit code. */
export type SshTransport = (talk: GitTalk) => Promise<number>

/** @throws ProblemError and GitError, before the answer has started where somebody may not come in */
export const createSshTransport =
  (parts: PlaceParts & PushParts): SshTransport =>
  (talk) =>
    onBehalfOf({ account: talk.caller.id }, () => serve(parts, talk))

async function serve(parts: PlaceParts & PushParts, talk: GitTalk): Promise<number> {
  const { caller, path, service } = talk
  const least = service === 'git-receive-pack' ? 'write' : 'read'
  const place = await admitToGit(parts, caller, { path, least })
  if (place === undefined) throw notFound('This repository')
  if (service === 'git-upload-pack') return uploadPack(parts.git, place.folder, talk)
  await advertise(parts, place, talk)
  const { input, answer, recognise } = talk
  const push: Push = { place, caller, body: input, answer, recognise }
  await receivePack(parts, push)
  return 0
}

async function uploadPack(
  git: Git,
  folder: string,
  { caller, protocolVersion, input, answer: { stream, start } }: GitTalk,
): Promise<number> {
  const holder = { account: caller.id }
  const process = await git.stream(['upload-pack', '.'], { repository: folder, holder, protocolVersion })
  stream.once('close', () => {
    if (!stream.writableFinished) process.kill()
  })
  if (stream.destroyed) process.kill()
  feedStream(input, process.stdin).catch(() => {})
  start()
  try {
    await pour(process.stdout, stream)
  } catch (error) {
    if (!stream.destroyed) throw error
  }
  return (await process.exited).code ?? 1
}

/** Which refs there are; what is pushed is read afterwards, as over HTTPS, where each is a request of its own. */
async function advertise(
  { git, pushNonces }: Pick<PushParts, 'git' | 'pushNonces'>,
  { folder, repository }: RepositoryPlace,
  { caller, protocolVersion, answer: { stream, start } }: GitTalk,
): Promise<void> {
  const { stdout } = await git.stream(['receive-pack', '--http-backend-info-refs', '.'], {
    repository: folder,
    holder: { account: caller.id },
    protocolVersion,
    config: pushNonces.settings(repository.id),
  })
  start()
  await pour(stdout, stream)
}
