import { rm } from 'node:fs/promises'
import type { RefUpdateTable } from '../database/schema.ts'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { ReceiveRequestError, type ReceiveRequest, zeroOid } from '../protocols/git/receive-commands.ts'
import { addSentences, oneLine, readReport, refusePush } from '../protocols/git/report-status.ts'
import { feedStream } from './feed-stream.ts'
import type { RepositoryPlace } from './place.ts'
import { answer, readPreReceive } from './pre-receive.ts'
import type { Push, PushParts } from './push-parts.ts'
import { answerBeforeBody, createPushReply, endPushReply } from './push-reply.ts'
import { readReceiveRequest } from './read-receive-request.ts'
import { findProposal, type Proposal } from './push-proposal.ts'
import { linesOf, type Refusal } from './push-judgement.ts'
import { describeAftermath } from './push-aftermath.ts'
import { judgePush, uncounted } from './push-rules.ts'
import { decidePush, recordRefusal } from './push-verdict.ts'
import { pointHead, settleRefUpdates } from './ref-updates.ts'
import { readRefs } from './refs.ts'

/**
 * One push. What is forbidden by name is refused before its pack is read; the rest is checked by git in a quarantine,
 * judged again there, prepared in the database, moved by git, settled, and only then answered.
 */
export async function receivePack(parts: PushParts, push: Push): Promise<void> {
  let request: ReceiveRequest
  try {
    request = await readReceiveRequest(push.body)
  } catch (error) {
    if (!(error instanceof ReceiveRequestError)) throw error
    return endPushReply(push.answer, Buffer.concat([encodePkt(`\u0003${error.message}\n`), flushPkt]))
  }
  // git asks so before a large push whether it may talk at all.
  if (request.commands.length === 0) return endPushReply(push.answer, Buffer.alloc(0))
  const peeked = await peek(parts, push, request)
  if ('refusal' in peeked) {
    await recordRefusal(parts, push, peeked.refusal)
    const refusal = renderRefusal(request, peeked.refusal)
    // Where nothing but deletions are asked for no pack follows, and over SSH no end either before the answer.
    if (request.commands.every(({ newOid }) => newOid === zeroOid)) endPushReply(push.answer, refusal)
    else await answerBeforeBody(push.answer, refusal, push.body)
    return
  }
  await runReceivePack(parts, push, { request, proposal: peeked.proposal })
}

/** What is refused by the list of updates alone, and whether the push is to become a pull request. */
async function peek(
  parts: PushParts,
  { place, caller }: Push,
  request: ReceiveRequest,
): Promise<{ refusal: Refusal } | { proposal: Proposal | undefined }> {
  const found = await findProposal(parts, place, request)
  if (found !== undefined) return found
  const { commands } = request
  const { refusal } = await judgePush(
    { db: parts.database.read, policy: uncounted(parts.policy), at: parts.now() },
    { place, commands, caller, shapes: undefined, signed: request.certificate && 'unread' },
  )
  return refusal === undefined ? { proposal: undefined } : { refusal }
}

async function runReceivePack(
  parts: PushParts,
  push: Push,
  { request, proposal }: { request: ReceiveRequest; proposal: Proposal | undefined },
): Promise<void> {
  const { place, body } = push
  const { stream } = push.answer
  const process = await parts.git.stream(['receive-pack', '--stateless-rpc', '.'], {
    repository: place.folder,
    holder: { account: push.caller.id },
    config: [
      ...parts.pushNonces.settings(place.repository.id),
      // Handed over to the server instead of being updated by git.
      ...(proposal === undefined ? [] : [['receive.procReceiveRefs', proposal.command.ref] as const]),
    ],
  })
  const { hook } = process
  if (hook === undefined) throw new Error('receive-pack without its hook')
  // A pusher who is gone ends the input, so that git cleans up after itself; killing it would leave the quarantine.
  stream.once('close', () => {
    if (!stream.writableFinished) process.stdin.destroy()
  })
  process.stdin.write(request.consumed)
  feedStream(body, process.stdin).catch(() => {})
  const reply = createPushReply(process, push.answer, request)
  const asked = await readPreReceive(hook, place.folder).catch((error: unknown) => {
    parts.log(error, 'the pre-receive hook was not understood')
    answer(hook, { allow: false, message: [] })
    return undefined
  })
  try {
    const { hold } = reply
    const { setAside } = process
    const incoming = { request, proposal, hook, hold, setAside }
    const rows = asked === undefined ? [] : await decidePush(parts, push, { ...incoming, asked })
    const { all, held } = await reply.ended
    const exit = await process.exited
    const aftermath = rows.length > 0 ? await settle(parts, place, rows, readReport(all, request)) : []
    if (exit.code === null && !push.answer.hasStarted())
      throw new Error(`receive-pack ended by ${exit.signal ?? 'the server'}`)
    stream.end(addSentences(held, request, aftermath))
  } finally {
    // git has removed it long ago, unless it was killed.
    if (asked?.quarantine !== undefined) await rm(asked.quarantine, { recursive: true, force: true })
  }
}

/**
 * Transaction 2, by what git said it did: the next one may have moved the branch already, or another one to the same
 * commit. Where it did not say, by what it holds now. Returns what to say of it.
 */
async function settle(
  parts: PushParts,
  place: RepositoryPlace,
  rows: readonly RefUpdateTable[],
  reported: ReadonlyMap<string, boolean> | undefined,
): Promise<string[]> {
  const { database, git, now, onDone } = parts
  const tips = await readRefs(
    git,
    place.folder,
    rows.map(({ ref }) => ref),
  )
  const tipOf = ({ ref }: RefUpdateTable): string => tips.get(ref) ?? zeroOid
  const outcomes = rows.map((row) => ({ row, hasMoved: reported?.get(row.ref) ?? tipOf(row) === row.newOid }))
  const moved = outcomes.filter(({ hasMoved }) => hasMoved).map(({ row }) => row)
  await pointHead(parts, place, moved)
  if (moved.length > 0) await parts.onMoved?.(place, moved)
  const done = await database.write((tx) =>
    settleRefUpdates(tx, { repository: place.repository, path: place.path, outcomes, at: now(), onDone }),
  )
  if (done.length > 0) await parts.afterPush?.(place, done)
  const overtaken = outcomes.flatMap(({ row, hasMoved }) => (hasMoved || tipOf(row) === row.oldOid ? [] : [row]))
  return describeAftermath(parts.origin, place, { moved, overtaken })
}

const renderRefusal = (request: ReceiveRequest, { reason, sentences }: Refusal): Buffer =>
  refusePush(request, { reason, sentences: linesOf(sentences).map(oneLine) })
