import type { Duplex } from 'node:stream'
import { recordEvent } from '../audit/record.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import { actorOf } from '../identity/caller.ts'
import { type ReceiveRequest, zeroOid } from '../protocols/git/receive-commands.ts'
import { findLargeFile } from './large-files.ts'
import type { RepositoryPlace } from './place.ts'
import { answer, type PreReceive, sameCommands } from './pre-receive.ts'
import type { Push, PushParts } from './push-parts.ts'
import { preparePush, type Refusal } from './push-rules.ts'
import { methodOf } from './ref-updates.ts'

/** The verdict of pre-receive; rows where it is yes. */
export async function decidePush(
  parts: PushParts,
  push: Push,
  { request, asked, hook, hold }: { request: ReceiveRequest; asked: PreReceive; hook: Duplex; hold: () => void },
): Promise<RefUpdateTable[]> {
  const verdict = await judge(parts, push, request, asked)
  if ('refusal' in verdict) {
    answer(hook, { allow: false, message: verdict.refusal.sentences })
    await recordRefusal(parts, push, verdict.refusal).catch((error: unknown) =>
      parts.log(error, 'a refusal was not recorded'),
    )
    return []
  }
  hold()
  // Somebody who went away before the verdict has not pushed.
  answer(hook, { allow: !push.response.destroyed, message: invitation(parts.origin, push.place, asked) })
  return verdict.rows
}

async function judge(
  parts: PushParts,
  { place, caller }: Push,
  request: ReceiveRequest,
  asked: PreReceive,
): Promise<{ refusal: Refusal } | { rows: RefUpdateTable[] }> {
  const { database, now } = parts
  const { commands } = asked
  try {
    if (!sameCommands(commands, request.commands)) throw new Error('git was told other commands than were judged')
    const refusal = await findTooLarge(parts, place, asked)
    if (refusal !== undefined) return { refusal }
    const { id: actorId, strength } = caller
    return await database.write((tx) =>
      preparePush(tx, { place, commands, actorId, method: methodOf(caller), strength, at: now() }),
    )
  } catch (error) {
    parts.log(error, 'a push could not be judged')
    const sentence = 'The server could not check this push. It has been logged; please try again.'
    return {
      refusal: {
        outcome: 'refuse',
        code: 'internal',
        reason: 'not checked',
        sentences: [sentence],
        ref: commands[0]?.ref ?? '',
      },
    }
  }
}

async function findTooLarge(
  { git, maxBlobBytes }: PushParts,
  place: RepositoryPlace,
  asked: PreReceive,
): Promise<Refusal | undefined> {
  const { quarantine, commands } = asked
  if (quarantine === undefined) return undefined
  const tips = commands.map(({ newOid }) => newOid).filter((oid) => oid !== zeroOid)
  const large = await findLargeFile(git, { folder: place.folder, quarantine, tips, maxBytes: maxBlobBytes })
  if (large === undefined) return undefined
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`
  const name = large.path ?? large.oid
  const sentence = `${name} has ${megabytes(large.bytes)}; files may have ${megabytes(maxBlobBytes)} here. Take it out of your commits and push again.`
  return {
    outcome: 'refuse',
    code: 'file-too-large',
    reason: 'a file is too large',
    sentences: [sentence],
    ref: asked.commands[0]?.ref ?? '',
  }
}

/** What to do next with a new branch; nothing for the first push, which has no other branch to go to. */
function invitation(origin: string, { repository, path }: RepositoryPlace, { commands }: PreReceive): string[] {
  const created = commands.find(({ ref, oldOid }) => ref.startsWith('refs/heads/') && oldOid === zeroOid)
  const branch = created?.ref.slice('refs/heads/'.length)
  if (branch === undefined || branch === repository.defaultBranch || repository.pushedAt === null) return []
  return [`Open a pull request for ${branch}:`, newPullRequestUrl(origin, path, branch)]
}

const newPullRequestUrl = (origin: string, path: string, branch: string): string =>
  `${origin}/${path}/pull-requests/new?source=${encodeURIComponent(branch)}`

export async function recordRefusal(
  { database, now }: PushParts,
  { place, caller }: Push,
  { ref, code, reason }: Refusal,
): Promise<void> {
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'push.refused',
      actor: actorOf(caller),
      target: { kind: 'ref', id: ref },
      repositoryId: place.repository.id,
      outcome: 'refused',
      facts: { repository: place.path, ref, reason, code },
      at: now(),
    }),
  )
}
