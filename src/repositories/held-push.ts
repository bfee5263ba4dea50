import { basename } from 'node:path'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { HeldOutcome, SealRequestTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import type { Caller } from '../identity/caller.ts'
import { askedBy } from '../seals/asked-from.ts'
import { draftUpdate } from '../seals/format/draft.ts'
import { createSealRequest } from '../seals/requests.ts'
import { withdrawRequest } from '../seals/withdraw.ts'
import { GitError } from './git.ts'
import { readHeldChange, renderHeldFacts, titleOfHeld } from './held-push-facts.ts'
import { renderHeldLines, shortCodeOf } from './held-push-lines.ts'
import type { Held, HeldPush, HeldRefusal, HoldParts } from './held-push-parts.ts'
import { findRuleChange, heldMoved, heldRefusal, releaseHeld } from './held-push-release.ts'
import type { Told } from './judge-ref-update.ts'
import { toldOf } from './push-judgement.ts'
import { recognisePusher } from './push-standing.ts'

// So that a tap in the last second still finds its statement good.
const graceMs = 10_000
/** As long as the page of its request may still be looked at. */
const keptAfterEndMs = 24 * 3_600_000

/**
 * Holds a push until its person taps for it, no longer than `pushWaitSeconds`. Nothing is locked meanwhile; whatever
 * changed until then is judged again, in the transaction that uses up the seal and prepares the updates.
 */
export async function holdPush(parts: HoldParts, held: HeldPush): Promise<Held> {
  const { ref } = held.waits.command
  const room = parts.heldPushes.enter(held.caller.id)
  if (typeof room === 'string')
    return {
      refusal: heldRefusal(
        ref,
        'too-many-held',
        'failed',
        room === 'person'
          ? ['Too many pushes of yours already wait for a tap.', 'Answer or refuse some, and push again.']
          : ['Too many pushes wait for a tap here.', 'Push again in a minute.'],
      ),
    }
  const place = room
  void held.answered.then(() => place[Symbol.dispose]())
  try {
    const result = await hold(parts, held)
    place.ended('refusal' in result ? result.refusal.ended : 'sealed')
    return result
  } catch (error) {
    if (error instanceof ProblemError) return { refusal: heldRefusal(ref, error.code, 'failed', toldOf(error)) }
    throw error
  }
}

async function hold(parts: HoldParts, held: HeldPush): Promise<Held> {
  const { database, now } = parts
  const asked = await ask(parts, held)
  if ('refusal' in asked) return asked
  const { id } = asked
  let result: Held | undefined
  try {
    result = await waitFor(parts, held, id)
    return result
  } finally {
    // Also where something broke: a tap for what is over would be for nothing.
    const outcome = result === undefined ? 'failed' : 'refusal' in result ? result.refusal.ended : 'sealed'
    await takeBack(parts, held, id).catch((error: unknown) => parts.log(error, 'a push was not taken back'))
    await database.write((tx) =>
      tx.updateTable('heldPush').set({ endedAt: now(), outcome }).where('requestId', '=', id).execute(),
    )
    parts.waiting.answered(id)
  }
}

/** Lays down the statement that waits, and says so in the terminal. */
async function ask(parts: HoldParts, held: HeldPush): Promise<{ id: Id<'srq'> } | { refusal: HeldRefusal }> {
  const { database, git, policy, now, origin, pushWaitSeconds } = parts
  const { place, caller, waits, quarantine } = held
  const { command } = waits
  const { repository } = place
  const where = { objectDirectory: quarantine, defaultBranch: repository.defaultBranch }
  const change = await readHeldChange({ git, folder: place.folder }, command, where).catch((error: unknown) => {
    if (error instanceof GitError && error.code === 'git-failed') return undefined
    throw error
  })
  if (change === undefined)
    return {
      refusal: heldRefusal(command.ref, 'not-a-commit', 'failed', [
        'Only commits can be pushed to a branch.',
        'Push a commit, or give this a tag.',
      ]),
    }
  const at = now()
  const lifetimeMs = pushWaitSeconds * 1000 + graceMs
  const policyDigest = policy.current().digest
  const request = await database.write(async (tx) => {
    const made = await createSealRequest(tx, {
      userId: caller.id,
      requestedBy: caller.id,
      action: 'push',
      repositoryId: repository.id,
      draft: {
        statement: draftUpdate(
          {
            signer: { userId: caller.id, username: caller.username },
            requestedBy: caller.id,
            policyDigest,
            issuedAt: at,
            notAfter: at + lifetimeMs,
          },
          {
            action: 'push',
            repository: { id: repository.id, url: `${origin}/${place.path}.git` },
            targetRef: command.ref,
            base: command.oldOid,
            tip: command.newOid,
            tree: change.tree,
          },
        ),
        question: waits.question,
        // Nothing of this is signed in a form that stock git looks for, whatever the key.
        stockVerifiableOnly: false,
      },
      facts: renderHeldFacts(command, place, { change, policyDigest }),
      at,
      lifetimeMs,
      asked: await askedBy(tx, caller),
    })
    await tx
      .deleteFrom('heldPush')
      .where('repositoryId', '=', repository.id)
      .where('endedAt', '<', at - keptAfterEndMs)
      .execute()
    await tx
      .insertInto('heldPush')
      .values({
        requestId: made.id,
        repositoryId: repository.id,
        ref: command.ref,
        oldOid: command.oldOid,
        newOid: command.newOid,
        quarantine: basename(quarantine),
        actorId: caller.id,
        nodeId: parts.nodeId,
        createdAt: at,
        endedAt: null,
        outcome: null,
      })
      .execute()
    return made
  })
  if (request.code === null) throw new Error('whoever pushes is not in front of a page: their request has a link')
  held.say(
    renderHeldLines({
      because: waits.because,
      title: titleOfHeld(command, place, change),
      link: `${origin}/s/${request.code}`,
      shortCode: shortCodeOf(request.code),
      waitSeconds: pushWaitSeconds,
      origin,
      withPicture: held.withPicture,
    }),
  )
  return { id: request.id }
}

/** Something happened that makes the tap useless. */
class Overtaken extends Error {
  readonly refusal: HeldRefusal

  constructor(refusal: HeldRefusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

async function waitFor(parts: HoldParts, held: HeldPush, id: Id<'srq'>): Promise<Held> {
  const { heldPushes, waiting, pushWaitSeconds } = parts
  const { ref } = held.waits.command
  const startedAt = parts.now()
  const over = (code: string, outcome: Exclude<HeldOutcome, 'sealed'>, ...sentences: Told): Held => ({
    refusal: heldRefusal(ref, code, outcome, sentences),
  })
  try {
    const found = await waiting.waitFor(id, {
      forMs: pushWaitSeconds * 1000,
      signal: AbortSignal.any([held.signal, heldPushes.stopping]),
      onLook: async () => void (await look(parts, held, startedAt)),
    })
    if (held.signal.aborted) return over('pusher-gone', 'gone', 'Whoever pushed went away.', 'Push again.')
    if (heldPushes.stopping.aborted)
      return over('server-stopped', 'stopped', 'The server stops just now.', 'Push again in a moment.')
    const state = found?.state === 'open' && (await takeBack(parts, held, id)) === 'sealed' ? 'sealed' : found?.state
    switch (state) {
      case 'sealed':
        return await releaseHeld(parts, { ...held, caller: await look(parts, held, startedAt) }, id)
      case 'refused':
        return over(
          'seal-refused',
          'refused',
          'Refused on the page where you were to tap.',
          'Push again if that was a mistake.',
        )
      case 'withdrawn':
        return over(
          'seal-withdrawn',
          'withdrawn',
          'This was taken back before anybody tapped.',
          'Push again if it is still wanted.',
        )
      default:
        return over(
          'tap-timeout',
          'timed-out',
          `Nobody tapped within ${pushWaitSeconds} seconds.`,
          'Push again when you can.',
        )
    }
  } catch (error) {
    if (error instanceof Overtaken) return { refusal: error.refusal }
    throw error
  }
}

/** Ends the wait as soon as no tap could let the push land any more; who waits, as they are now. @throws Overtaken */
async function look({ database, policy }: HoldParts, held: HeldPush, startedAt: number): Promise<Caller> {
  const { place, waits } = held
  const { ref } = waits.command
  const known = await recognisePusher(held)
  if (known === undefined)
    throw new Overtaken(
      heldRefusal(ref, 'access-ended', 'overtaken', [
        'Your access ended while this push waited, so it did not land.',
        'Ask an administrator.',
      ]),
    )
  if (await hasMoved(database, { repositoryId: place.repository.id, ref, since: startedAt }))
    throw new Overtaken(heldMoved(ref))
  const changed = await findRuleChange(database.read, policy, { place, ref, under: waits.under })
  if (changed !== undefined) throw new Overtaken(changed)
  return known
}

/** As the record has it, which every node writes; git itself is asked before the release. */
async function hasMoved(
  { read }: Database,
  { repositoryId, ref, since }: { repositoryId: Id<'rep'>; ref: string; since: number },
): Promise<boolean> {
  const row = await read
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .where('state', '=', 'done')
    .where('createdAt', '>=', since)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Withdraws the request if it still waits; what it is then. */
async function takeBack(
  { database, now }: HoldParts,
  { caller }: HeldPush,
  id: Id<'srq'>,
): Promise<SealRequestTable['state'] | undefined> {
  const find = () => database.read.selectFrom('sealRequest').selectAll().where('id', '=', id).executeTakeFirst()
  const row = await find()
  if (row?.state !== 'open') return row?.state
  try {
    await database.write((tx) => withdrawRequest(tx, row, caller, now()))
    return 'open'
  } catch (error) {
    // Answered in this very moment.
    if (error instanceof ProblemError) return (await find())?.state
    throw error
  }
}
