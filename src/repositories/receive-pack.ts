import { rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { recordEvent } from '../audit/record.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import {
  ReceiveRequestError,
  type ReceiveRequest,
  splitReceivePack,
  zeroOid,
} from '../protocols/git/receive-commands.ts'
import { oneLine, refusePush } from '../protocols/git/report-status.ts'
import { feed } from './feed.ts'
import type { GitProcess } from './git.ts'
import { startGitReply } from './git-reply.ts'
import { findLargeFile } from './large-files.ts'
import type { RepositoryPlace } from './place.ts'
import { answer, type PreReceive, readPreReceive, sameCommands } from './pre-receive.ts'
import { findRefusal, preparePush, type Refusal } from './push-rules.ts'
import { methodOf, pointHead, type RefDone, type RefParts, settleRefUpdates } from './ref-updates.ts'
import { readRefs } from './refs.ts'

export interface PushParts extends RefParts {
  /** Where people open this instance, for the lines a push prints. */
  origin: string
  maxBlobBytes: number
  /** Runs in the transaction that says the refs have moved; the same function as `reconcile` gets. */
  onDone?: RefDone | undefined
  /** Runs before the pusher has their answer; what it throws is logged and changes nothing. */
  afterPush?: ((place: RepositoryPlace, rows: readonly RefUpdateTable[]) => Promise<void>) | undefined
  log: (error: unknown, text: string) => void
}

export interface Push {
  place: RepositoryPlace
  caller: Caller
  body: AsyncIterable<Uint8Array>
  response: ServerResponse
}

/**
 * One push. What is forbidden by name is refused before its pack is read; the rest is checked by git in a quarantine,
 * judged again there, prepared in the database, moved by git, settled, and only then answered.
 */
export async function receivePack(parts: PushParts, push: Push): Promise<void> {
  const { place, response } = push
  let split: Awaited<ReturnType<typeof splitReceivePack>>
  try {
    split = await splitReceivePack(push.body)
  } catch (error) {
    if (!(error instanceof ReceiveRequestError)) throw error
    return endWith(response, Buffer.concat([encodePkt(`\u0003${error.message}\n`), flushPkt]))
  }
  const { request, body } = split
  // git asks so before a large push whether it may talk at all.
  if (request.commands.length === 0) return endWith(response, Buffer.alloc(0))
  const refusal = await findRefusal(parts.database.read, place, request.commands)
  if (refusal !== undefined) {
    await recordRefusal(parts, push, refusal)
    await answerBeforeBody(response, renderRefusal(request, refusal), body)
    return
  }
  await runReceivePack(parts, push, request, body)
}

async function runReceivePack(
  parts: PushParts,
  push: Push,
  request: ReceiveRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { place, response } = push
  const process = await parts.git.stream(['receive-pack', '--stateless-rpc', '.'], { repository: place.folder })
  const { hook } = process
  if (hook === undefined) throw new Error('receive-pack without its hook')
  // A pusher who is gone ends the input, so that git cleans up after itself; killing it would leave the quarantine.
  response.once('close', () => {
    if (!response.writableFinished) process.stdin.destroy()
  })
  feed(body, process.stdin).catch(() => {})
  startGitReply(response, 'application/x-git-receive-pack-result')
  const reply = createReply(process, response)
  const asked = await readPreReceive(hook, place.folder).catch((error: unknown) => {
    parts.log(error, 'the pre-receive hook was not understood')
    answer(hook, { allow: false, message: [] })
    return undefined
  })
  try {
    const rows = asked === undefined ? [] : await decide(parts, push, { request, asked, hook, hold: reply.hold })
    const report = await reply.ended
    const exit = await process.exited
    if (rows.length > 0) await settle(parts, place, rows)
    if (exit.code === null && !response.headersSent)
      throw new Error(`receive-pack ended by ${exit.signal ?? 'the server'}`)
    response.end(report)
  } finally {
    // git has removed it long ago, unless it was killed.
    if (asked?.quarantine !== undefined) await rm(asked.quarantine, { recursive: true, force: true })
  }
}

/** git's words go to the pusher as they come, until `hold`: what it reports after the verdict waits for transaction 2. */
function createReply(process: GitProcess, response: ServerResponse): { hold: () => void; ended: Promise<Buffer> } {
  const held: Buffer[] = []
  let isHeld = false
  async function read(): Promise<Buffer> {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
      if (isHeld) held.push(chunk)
      else if (!response.destroyed) response.write(chunk)
    }
    return Buffer.concat(held)
  }
  const ended = read()
  ended.catch(() => {})
  return { hold: () => (isHeld = true), ended }
}

/** The verdict of pre-receive; rows where it is yes. */
async function decide(
  parts: PushParts,
  push: Push,
  { request, asked, hook, hold }: { request: ReceiveRequest; asked: PreReceive; hook: Duplex; hold: () => void },
): Promise<RefUpdateTable[]> {
  const { database, now } = parts
  const { place, caller, response } = push
  try {
    if (!sameCommands(asked.commands, request.commands)) throw new Error('git was told other commands than were judged')
    const large = await findTooLarge(parts, place, asked)
    const verdict =
      large === undefined
        ? await database.write((tx) =>
            preparePush(tx, {
              place,
              commands: asked.commands,
              actorId: caller.id,
              method: methodOf(caller),
              strength: caller.strength,
              at: now(),
            }),
          )
        : { refusal: large }
    if ('refusal' in verdict) {
      await recordRefusal(parts, push, verdict.refusal)
      answer(hook, { allow: false, message: verdict.refusal.sentences })
      return []
    }
    hold()
    // Somebody who went away before the verdict has not pushed.
    answer(hook, { allow: !response.destroyed, message: invitation(parts.origin, place, asked) })
    return verdict.rows
  } catch (error) {
    parts.log(error, 'push could not be judged')
    answer(hook, {
      allow: false,
      message: ['The server could not check this push. It has been logged; please try again.'],
    })
    return []
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

/** Transaction 2, by what git holds now. */
async function settle(parts: PushParts, place: RepositoryPlace, rows: readonly RefUpdateTable[]): Promise<void> {
  const { database, git, now, onDone } = parts
  const tips = await readRefs(
    git,
    place.folder,
    rows.map(({ ref }) => ref),
  )
  const outcomes = rows.map((row) => ({ row, hasMoved: (tips.get(row.ref) ?? zeroOid) === row.newOid }))
  const moved = outcomes.filter(({ hasMoved }) => hasMoved).map(({ row }) => row)
  await pointHead(parts, place, moved)
  const done = await database.write((tx) =>
    settleRefUpdates(tx, { repository: place.repository, path: place.path, outcomes, at: now(), onDone }),
  )
  if (done.length > 0) await parts.afterPush?.(place, done).catch((error: unknown) => parts.log(error, 'after a push'))
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

async function recordRefusal(
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

const renderRefusal = (request: ReceiveRequest, { reason, sentences }: Refusal): Buffer =>
  refusePush(request, { reason, sentences: sentences.map(oneLine) })

function endWith(response: ServerResponse, bytes: Buffer): void {
  startGitReply(response, 'application/x-git-receive-pack-result')
  response.end(bytes)
}

/** How much of a refused push is read to its end before the connection is simply closed. */
const maxDroppedBytes = 1024 ** 3

/**
 * The whole answer while the pack still comes: its sentences show at once. The pack is read and dropped, because stock
 * git takes an answer that ends early for an invitation to send the rest as another request.
 */
async function answerBeforeBody(
  response: ServerResponse,
  bytes: Buffer,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  startGitReply(response, 'application/x-git-receive-pack-result')
  response.write(bytes)
  let dropped = 0
  for await (const chunk of body) {
    dropped += chunk.length
    if (dropped > maxDroppedBytes) return void response.destroy()
  }
  response.end()
}
